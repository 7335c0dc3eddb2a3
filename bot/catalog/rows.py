"""The built-in rows: what is known of each Kling version.

Facts and their confidence come from the provider notes §2 and §7. Where a source is silent the row says no: a person
who is refused loses nothing, and the owner can widen a row from a file. Lip-sync is the exception: the provider tells
no versions, so every row of the classic output family is taken to allow it [I]. Prices only a third party claims are
left out. The order is the order of preference among rows whose price is unknown or equal.
"""

from __future__ import annotations

from typing import Final

from bot.catalog.model import Mode, Model, ModeRow, OutputFamily, Price, PricedLength

_FIVE_TEN = (5, 10)
_THREE_TO_FIFTEEN = tuple(range(3, 16))


def _flat(as_of: str, prices: dict[int, int]) -> tuple[PricedLength, ...]:
    return tuple(PricedLength(seconds, False, Price(price, as_of)) for seconds, price in prices.items())


def _per_second(as_of: str, lengths: tuple[int, ...], *, silent: int, with_sound: int) -> tuple[PricedLength, ...]:
    rates = ((False, silent), (True, with_sound))
    return tuple(
        PricedLength(seconds, sound, Price(seconds * rate, as_of)) for sound, rate in rates for seconds in lengths
    )


# 1.6: end frame, camera, resolutions [U]; price of std 5 s from a captured task [C].
_V1_6 = Model(
    key="1.6",
    label="1.6",
    use="can be extended",
    version="1.6",
    modes=(
        ModeRow(mode=Mode.STD, lengths=_FIVE_TEN, resolution="720p", prices=_flat("2025-08", {5: 260_000})),
        ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN, resolution="1080p", end_frame_lengths=_FIVE_TEN),
    ),
    camera=True,
    negative_prompt=True,
    cfg_scale=True,
    extendable=True,
    lip_syncable=True,
)
# 2.1: "priced like 1.6" [D]; cfg_scale is not taken by 2.x upstream [U]; end frame and camera are told for 1.x only.
_V2_1 = Model(
    key="2.1",
    label="2.1",
    use="sharper than 1.6 at the same price",
    version="2.1",
    modes=(
        ModeRow(mode=Mode.STD, lengths=_FIVE_TEN, prices=_flat("2025-06", {5: 260_000})),
        ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN),
    ),
    negative_prompt=True,
    lip_syncable=True,
)
# 2.5-turbo: its own provider model; lengths, mode, price from the documented example [D], 10 s by analogy with 2.x [I].
_V2_5_TURBO = Model(
    key="2.5-turbo",
    label="2.5 Turbo",
    use="Pro quality for little money",
    provider_model="kling-turbo",
    version="2.5-turbo",
    modes=(ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN, prices=_flat("2025-12", {5: 280_000})),),
    negative_prompt=True,
    output=OutputFamily.STRING,
)
# 2.6: used in production by clients with both modes and lengths [C]; the page with its limits was not found.
_V2_6 = Model(
    key="2.6",
    label="2.6",
    use="newer motion",
    version="2.6",
    modes=(ModeRow(mode=Mode.STD, lengths=_FIVE_TEN), ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN)),
    lip_syncable=True,
)
# 3.0: all [D], prices as of the reduction; no negative prompt, cfg_scale or camera in its schema.
_V3_0 = Model(
    key="3.0",
    label="3.0",
    use="any length from 3 to 15 seconds, can have sound",
    version="3.0",
    modes=(
        ModeRow(
            mode=Mode.STD,
            lengths=_THREE_TO_FIFTEEN,
            resolution="720p",
            end_frame_lengths=_THREE_TO_FIFTEEN,
            prices=_per_second("2026-02", _THREE_TO_FIFTEEN, silent=100_000, with_sound=150_000),
        ),
        ModeRow(
            mode=Mode.PRO,
            lengths=_THREE_TO_FIFTEEN,
            resolution="1080p",
            end_frame_lengths=_THREE_TO_FIFTEEN,
            prices=_per_second("2026-02", _THREE_TO_FIFTEEN, silent=150_000, with_sound=200_000),
        ),
    ),
    sound=True,
    output=OutputFamily.STRING,
)


def _master(key: str, label: str, use: str) -> Model:
    # 2.0 and 2.1-master: "only in pro mode", $0.96 and $1.92 [D].
    prices = _flat("2025-06", {5: 960_000, 10: 1_920_000})
    return Model(
        key=key,
        label=label,
        use=use,
        version=key,
        modes=(ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN, prices=prices),),
        negative_prompt=True,
        lip_syncable=True,
    )


# 1.5: both modes and lengths [D, the later page]; end frame in Pro, resolutions [U]; no price was found.
_V1_5 = Model(
    key="1.5",
    label="1.5",
    use="older look, can be extended",
    version="1.5",
    modes=(
        ModeRow(mode=Mode.STD, lengths=_FIVE_TEN, resolution="720p"),
        ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN, resolution="1080p", end_frame_lengths=_FIVE_TEN),
    ),
    camera=True,
    negative_prompt=True,
    cfg_scale=True,
    extendable=True,
    lip_syncable=True,
)
# 1.0: modes and lengths [D]; end frame at 5 s in both modes, 720p in both [U]; no price was found.
_V1_0 = Model(
    key="1.0",
    label="1.0",
    use="the first look, can be extended",
    version="1.0",
    modes=(
        ModeRow(mode=Mode.STD, lengths=_FIVE_TEN, resolution="720p", end_frame_lengths=(5,)),
        ModeRow(mode=Mode.PRO, lengths=_FIVE_TEN, resolution="720p", end_frame_lengths=(5,)),
    ),
    camera=True,
    negative_prompt=True,
    cfg_scale=True,
    extendable=True,
    lip_syncable=True,
)

BUILT_IN_MODELS: Final[tuple[Model, ...]] = (
    _V1_6,
    _V2_1,
    _V2_5_TURBO,
    _V2_6,
    _V3_0,
    _master("2.0", "2.0", "the 2.0 look, costly"),
    _master("2.1-master", "2.1 Master", "the finest of 2.x, costly"),
    _V1_5,
    _V1_0,
)
