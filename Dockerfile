# Egret's image: the bot alone, for SQLite or PostgreSQL, as a user of its own, on a root that may be read-only.
#
#   docker build -t egret .
#
# Debian's SQLite in this base is older than 3.51.3 and so has the WAL-reset bug, which needs two connections to one
# file. Egret opens one, and a lock on the file keeps every other Egret out. Let no other program write to /data/egret.db
# while the bot runs.
#
# To build on a base fixed by digest: --build-arg PYTHON_IMAGE=python:3.13-slim-trixie@sha256:...
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build

# Dependencies before code: this layer is made anew only when the lock changes. pip stays behind here.
COPY requirements.lock ./
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --only-binary :all: \
      --require-hashes -r requirements.lock \
 && /opt/venv/bin/python -m pip --disable-pip-version-check uninstall --quiet --yes pip

# What compiles the languages stays behind, too.
COPY requirements-build.lock ./
RUN python3 -m venv /opt/translations \
 && /opt/translations/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --only-binary :all: \
      --require-hashes -r requirements-build.lock
COPY translations ./translations

# Compiled here, since nothing can be written later; by hash and unchecked, so that no copy's clock matters. Readable by
# the bot's user however strict the umask was under which the clone was made.
WORKDIR /app
COPY LICENSE ./
COPY bot ./bot
COPY cogs ./cogs
COPY storage ./storage
RUN PYTHONPATH=/build /opt/translations/bin/python -m translations compile bot/ui/locales/*/LC_MESSAGES/egret.po \
 && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash bot cogs storage \
 && chmod -R go=rX .


FROM ${PYTHON_IMAGE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Egret" \
      org.opencontainers.image.description="A Discord bot for AI video: pays once, delivers once" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# A number known beforehand, so that a volume made elsewhere can be given to it.
RUN groupadd --gid 10001 egret \
 && useradd --uid 10001 --gid egret --no-create-home --home-dir /data --shell /usr/sbin/nologin egret \
 && install --directory --owner egret --group egret --mode 0700 /data

COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

# Only loopback inside the container would be out of reach for a proxy beside it, hence WEB_HOST; nothing is published
# unless somebody says so.
ENV PATH="/opt/venv/bin:${PATH}" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    DATA_DIR=/data \
    WEB_HOST=0.0.0.0 \
    WEB_PORT=8080

WORKDIR /app
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM

# The event loop turns and the database answers; an outage of Discord or PiAPI is no reason to be restarted.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('WEB_PORT') or 8080), timeout=4); c.request('GET', '/livez'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
