BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE alerts (
	"key" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	channel_id INTEGER, 
	episode INTEGER DEFAULT 1 NOT NULL, 
	due_at INTEGER DEFAULT 0 NOT NULL, 
	raised_at INTEGER NOT NULL, 
	attempted_at INTEGER, 
	told_at INTEGER, 
	message_channel_id INTEGER, 
	message_id INTEGER, 
	cleared_at INTEGER, 
	cleared_told_at INTEGER, 
	CONSTRAINT pk_alerts PRIMARY KEY ("key"), 
	CONSTRAINT ck_alerts_message CHECK ((message_channel_id IS NULL) = (message_id IS NULL)), 
	CONSTRAINT ck_alerts_cleared CHECK (cleared_told_at IS NULL OR cleared_at IS NOT NULL)
)
 STRICT

;
INSERT INTO "alerts" VALUES('paused:no_credit','reported','','{}',NULL,1,0,1780004500010,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE assets (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	job_id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	source_url TEXT NOT NULL, 
	filename TEXT NOT NULL, 
	option TEXT NOT NULL, 
	content_type TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	extension TEXT DEFAULT '' NOT NULL, 
	sha256 TEXT DEFAULT '' NOT NULL, 
	width INTEGER DEFAULT 0 NOT NULL, 
	height INTEGER DEFAULT 0 NOT NULL, 
	duration_ms INTEGER DEFAULT 0 NOT NULL, 
	converted INTEGER NOT NULL, 
	archived_at INTEGER, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_assets PRIMARY KEY (number), 
	CONSTRAINT ck_assets_converted CHECK (converted IN (0, 1)), 
	CONSTRAINT uq_assets_id UNIQUE (id), 
	CONSTRAINT fk_assets_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_assets_role CHECK (role IN ('image', 'end_image', 'audio', 'result'))
)
 STRICT

;
INSERT INTO "assets" VALUES(1,'67fbf9f70025c0a3','33mcep','result','https://storage.example/task-1.mp4','33mcep.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000001,1780000000001);
INSERT INTO "assets" VALUES(2,'690dc380da191f09','9nfu33','result','https://storage.example/task-2.mp4','9nfu33.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000002,1780000000002);
INSERT INTO "assets" VALUES(3,'s579abnyvrw9','m9rxsk','image','https://cdn.example/a.png','a.png','image','image/jpeg',10,'jpg','aa',512,512,0,0,1780000000003,1780000000003);
INSERT INTO "assets" VALUES(4,'4b307c9a65c30eb9','m9rxsk','result','https://storage.example/task-3.mp4','m9rxsk.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000003,1780000000003);
INSERT INTO "assets" VALUES(5,'f20c2cc735655c8d','z4kngv','result','https://storage.example/task-8.mp4','z4kngv.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500011,1780004500011);
INSERT INTO "assets" VALUES(6,'3615bf30e731b336','mj36pn','result','https://storage.example/task-9.mp4','mj36pn.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500012,1780004500012);
INSERT INTO "assets" VALUES(7,'ee8d9c80cb4c5b7d','x5ncqe','result','https://storage.example/task-10.mp4','x5ncqe.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500013,1780004500013);
INSERT INTO "assets" VALUES(8,'210ff55d22dbc192','u853zj','result','https://storage.example/task-11.mp4','u853zj.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500014,1780004500014);
INSERT INTO "assets" VALUES(9,'a4aadc84da936931','xwsyj2','result','https://storage.example/task-12.mp4','xwsyj2.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004620015,1780004620015);
INSERT INTO "assets" VALUES(10,'gt7xjzz7vxtm','bdn7hq','image','https://cdn.example/a.png','a.png','image','image/png',10,'','',0,0,0,0,NULL,1780004620023);
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	guild_id INTEGER, 
	at INTEGER NOT NULL, 
	actor_id INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (number)
)
 STRICT

;
INSERT INTO "audit" VALUES(1,700000000000000001,1780004500010,700000000000000004,'block','700000000000000005','');
INSERT INTO "audit" VALUES(2,700000000000000001,1780004500010,700000000000000004,'block','700000000000000005','');
INSERT INTO "audit" VALUES(3,700000000000000001,1780004500010,700000000000000004,'block','700000000000000005','');
INSERT INTO "audit" VALUES(4,700000000000000001,1780004500010,700000000000000004,'block','700000000000000005','');
INSERT INTO "audit" VALUES(5,700000000000000001,1780004500010,700000000000000004,'block','700000000000000005','');
INSERT INTO "audit" VALUES(6,700000000000000001,1780004500010,700000000000000004,'block','700000000000000005','');
CREATE TABLE blocked_words (
	guild_id INTEGER NOT NULL, 
	word TEXT NOT NULL, 
	added_by INTEGER NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_blocked_words PRIMARY KEY (guild_id, word)
)
 STRICT

;
INSERT INTO "blocked_words" VALUES(700000000000000001,'rude',700000000000000003,1780004500010);
CREATE TABLE blocks (
	guild_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	until INTEGER, 
	reason TEXT NOT NULL, 
	blocked_by INTEGER NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_blocks PRIMARY KEY (guild_id, person_id)
)
 STRICT

;
INSERT INTO "blocks" VALUES(700000000000000001,700000000000000005,NULL,'rude',700000000000000004,1780004500010);
CREATE TABLE budget_warnings (
	counter TEXT NOT NULL, 
	ceiling INTEGER NOT NULL, 
	guild_id INTEGER NOT NULL, 
	noted_at INTEGER NOT NULL, 
	told_at INTEGER, 
	CONSTRAINT pk_budget_warnings PRIMARY KEY (counter, ceiling)
)
 STRICT

;
CREATE TABLE charges (
	job_id TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	reserved_microusd INTEGER NOT NULL, 
	consumed_microusd INTEGER, 
	opened_at INTEGER NOT NULL, 
	settled_at INTEGER, 
	CONSTRAINT pk_charges PRIMARY KEY (job_id), 
	CONSTRAINT fk_charges_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_charges_settled CHECK ((consumed_microusd IS NULL) = (settled_at IS NULL))
)
 STRICT

;
INSERT INTO "charges" VALUES('33mcep','process:usd:2026-05',260000,260000,1780000000001,1780000000001);
INSERT INTO "charges" VALUES('9nfu33','process:usd:2026-05',260000,260000,1780000000002,1780000000002);
INSERT INTO "charges" VALUES('m9rxsk','process:usd:2026-05',260000,260000,1780000000003,1780000000003);
INSERT INTO "charges" VALUES('v4vfyb','process:usd:2026-05',260000,0,1780000000004,1780000000004);
INSERT INTO "charges" VALUES('8k73u8','process:usd:2026-05',260000,130000,1780000000005,1780000000005);
INSERT INTO "charges" VALUES('ertuaj','process:usd:2026-05',260000,0,1780000000006,1780000000006);
INSERT INTO "charges" VALUES('3mex96','process:usd:2026-05',260000,0,1780000000007,1780000000007);
INSERT INTO "charges" VALUES('tnn35t','process:usd:2026-05',260000,0,1780000000008,1780000000008);
INSERT INTO "charges" VALUES('q55utk','process:usd:2026-05',260000,NULL,1780000000009,NULL);
INSERT INTO "charges" VALUES('262s2v','process:usd:2026-05',260000,NULL,1780002400010,NULL);
INSERT INTO "charges" VALUES('z4kngv','process:usd:2026-05',260000,260000,1780004500011,1780004500011);
INSERT INTO "charges" VALUES('mj36pn','process:usd:2026-05',260000,260000,1780004500012,1780004500012);
INSERT INTO "charges" VALUES('x5ncqe','process:usd:2026-05',260000,260000,1780004500013,1780004500013);
INSERT INTO "charges" VALUES('u853zj','process:usd:2026-05',260000,260000,1780004500014,1780004500014);
INSERT INTO "charges" VALUES('xwsyj2','process:usd:2026-05',260000,260000,1780004620015,1780004620015);
INSERT INTO "charges" VALUES('8vybp2','process:usd:2026-05',260000,NULL,1780004620016,NULL);
INSERT INTO "charges" VALUES('mv9u2w','process:usd:2026-05',260000,NULL,1780004620017,NULL);
INSERT INTO "charges" VALUES('rgtavr','process:usd:2026-05',260000,260000,1780004620018,1780004620018);
INSERT INTO "charges" VALUES('ds67kj','process:usd:2026-05',260000,NULL,1780004620019,NULL);
INSERT INTO "charges" VALUES('cjrfad','process:usd:2026-05',260000,NULL,1780004620020,NULL);
INSERT INTO "charges" VALUES('xe5wj9','process:usd:2026-05',260000,NULL,1780004620021,NULL);
INSERT INTO "charges" VALUES('gkbwwg','process:usd:2026-05',260000,NULL,1780004620022,NULL);
INSERT INTO "charges" VALUES('bdn7hq','process:usd:2026-05',260000,NULL,1780004620023,NULL);
CREATE TABLE consents (
	person_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	given_at INTEGER NOT NULL, 
	CONSTRAINT pk_consents PRIMARY KEY (person_id, kind)
)
 STRICT

;
INSERT INTO "consents" VALUES(700000000000000003,'picture',1780004500010);
CREATE TABLE counters (
	name TEXT NOT NULL, 
	used INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name), 
	CONSTRAINT ck_counters_used CHECK (used >= 0)
)
 STRICT

;
INSERT INTO "counters" VALUES('process:usd:2026-05',4810000);
INSERT INTO "counters" VALUES('server:700000000000000001:usd:2026-05',4810000);
INSERT INTO "counters" VALUES('server:700000000000000001:jobs:2026-05',17);
INSERT INTO "counters" VALUES('server:700000000000000001:person:700000000000000003:running',8);
INSERT INTO "counters" VALUES('server:700000000000000001:person:700000000000000003:jobs:2026-05-28',17);
INSERT INTO "counters" VALUES('server:700000000000000001:person:700000000000000003:jobs:2026-05',17);
INSERT INTO "counters" VALUES('server:700000000000000001:person:700000000000000003:usd:2026-05-28',4420000);
INSERT INTO "counters" VALUES('server:700000000000000001:person:700000000000000003:usd:2026-05',4420000);
INSERT INTO "counters" VALUES('in_flight',5);
CREATE TABLE deliveries (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	job_id TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	state TEXT NOT NULL, 
	channel_id INTEGER NOT NULL, 
	first_attempt_at INTEGER, 
	attempts INTEGER DEFAULT 0 NOT NULL, 
	due_at INTEGER, 
	lease TEXT, 
	lease_until INTEGER, 
	message_channel_id INTEGER, 
	message_id INTEGER, 
	reason TEXT DEFAULT '' NOT NULL, 
	stalled_since INTEGER, 
	created_at INTEGER NOT NULL, spoiler INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (number), 
	CONSTRAINT uq_deliveries_id UNIQUE (id), 
	CONSTRAINT uq_deliveries_job_id_purpose UNIQUE (job_id, purpose), 
	CONSTRAINT fk_deliveries_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'sending', 'delivered', 'undeliverable')), 
	CONSTRAINT ck_deliveries_message_known CHECK (state <> 'delivered' OR message_id IS NOT NULL), 
	CONSTRAINT ck_deliveries_attempt_known CHECK (state <> 'sending' OR first_attempt_at IS NOT NULL), 
	CONSTRAINT ck_deliveries_message CHECK ((message_channel_id IS NULL) = (message_id IS NULL)), 
	CONSTRAINT ck_deliveries_lease CHECK ((lease IS NULL) = (lease_until IS NULL))
)
 STRICT

;
INSERT INTO "deliveries" VALUES(1,'shavkmzzcwny','33mcep','result','delivered',700000000000000002,1780000000001,1,NULL,NULL,NULL,700000000000000002,900000000000000001,'',NULL,1780000000001,0);
INSERT INTO "deliveries" VALUES(2,'tns27h7bqrkr','9nfu33','result','delivered',700000000000000002,1780000000002,1,NULL,NULL,NULL,700000000000000002,900000000000000002,'',NULL,1780000000002,0);
INSERT INTO "deliveries" VALUES(3,'7t6redqw9gxa','m9rxsk','result','delivered',700000000000000002,1780000000003,1,NULL,NULL,NULL,700000000000000002,900000000000000003,'',NULL,1780000000003,0);
INSERT INTO "deliveries" VALUES(4,'fb9zpzx5eup7','v4vfyb','failure','delivered',700000000000000002,1780000000004,1,NULL,NULL,NULL,700000000000000002,900000000000000004,'',NULL,1780000000004,0);
INSERT INTO "deliveries" VALUES(5,'hzpycv8s3tr6','8k73u8','failure','delivered',700000000000000002,1780000000005,1,NULL,NULL,NULL,700000000000000002,900000000000000005,'',NULL,1780000000005,0);
INSERT INTO "deliveries" VALUES(6,'msyxc4rcy7y8','ertuaj','failure','delivered',700000000000000002,1780000000006,1,NULL,NULL,NULL,700000000000000002,900000000000000006,'',NULL,1780000000006,0);
INSERT INTO "deliveries" VALUES(7,'23fm3vabv6xz','tnn35t','failure','delivered',700000000000000002,1780000000008,1,NULL,NULL,NULL,700000000000000002,900000000000000007,'',NULL,1780000000008,0);
INSERT INTO "deliveries" VALUES(8,'7zusy9eev4gu','q55utk','abandoned','delivered',700000000000000002,1780001800009,1,NULL,NULL,NULL,700000000000000002,900000000000000008,'',NULL,1780001800009,0);
INSERT INTO "deliveries" VALUES(9,'33khznm8zfy7','z4kngv','result','delivered',700000000000000002,1780004500011,1,NULL,NULL,NULL,700000000000000002,900000000000000009,'',NULL,1780004500011,0);
INSERT INTO "deliveries" VALUES(10,'8g5cu29pnjrg','z4kngv','repost:repost:1','delivered',700000000000000002,1780004500012,1,NULL,NULL,NULL,700000000000000002,900000000000000010,'',NULL,1780004500011,0);
INSERT INTO "deliveries" VALUES(11,'edfyfabthhgz','mj36pn','result','delivered',700000000000000002,1780004500012,1,NULL,NULL,NULL,700000000000000002,900000000000000011,'',NULL,1780004500012,0);
INSERT INTO "deliveries" VALUES(12,'hru2tdgmanxs','x5ncqe','result','sending',700000000000000002,1780004500013,1,1780004500013,'33786587-480',1780005160013,NULL,NULL,'',NULL,1780004500013,0);
INSERT INTO "deliveries" VALUES(13,'x7ztszj5dm24','u853zj','result','undeliverable',700000000000000002,1780004500014,1,NULL,NULL,NULL,NULL,NULL,'history_unreadable',NULL,1780004500014,0);
INSERT INTO "deliveries" VALUES(14,'qgptc6mwejkz','xwsyj2','result','pending',700000000000000002,1780004620015,1,1780005820015,NULL,NULL,NULL,NULL,'busy',1780004620015,1780004620015,0);
INSERT INTO "deliveries" VALUES(15,'zjuhaq3dx7nu','rgtavr','result','pending',700000000000000002,NULL,0,1780004620018,NULL,NULL,NULL,NULL,'',NULL,1780004620018,0);
CREATE TABLE drafts (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	guild_id INTEGER, 
	payload TEXT NOT NULL, 
	files TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	expires_at INTEGER NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (id), 
	CONSTRAINT ck_drafts_kind CHECK (kind IN ('offer', 'form', 'source'))
)
 STRICT

;
INSERT INTO "drafts" VALUES('draft1','offer',700000000000000003,700000000000000001,'{"v": 1}','[]',1780004500010,1780008100010);
CREATE TABLE erasures (
	person_id INTEGER NOT NULL, 
	messages INTEGER NOT NULL, 
	asked_at INTEGER NOT NULL, 
	ended_at INTEGER, 
	clips INTEGER DEFAULT 0 NOT NULL, 
	deleted INTEGER DEFAULT 0 NOT NULL, 
	standing INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_erasures PRIMARY KEY (person_id), 
	CONSTRAINT ck_erasures_messages CHECK (messages IN (0, 1))
)
 STRICT

;
INSERT INTO "erasures" VALUES(700000000000000006,0,1780004500010,NULL,0,0,0);
CREATE TABLE favourites (
	person_id INTEGER NOT NULL, 
	job_id TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_favourites PRIMARY KEY (person_id, job_id), 
	CONSTRAINT fk_favourites_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "favourites" VALUES(700000000000000003,'z4kngv',1780004500010);
CREATE TABLE grants (
	number INTEGER NOT NULL, 
	guild_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	counter TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	granted_by INTEGER NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_grants PRIMARY KEY (number), 
	CONSTRAINT ck_grants_amount CHECK (amount > 0)
)
 STRICT

;
INSERT INTO "grants" VALUES(1,700000000000000001,700000000000000003,'server:700000000000000001:person:700000000000000003:jobs:2026-05-28',5,700000000000000004,1780004500010);
CREATE TABLE holds (
	job_id TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	amount INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT 'clip' CONSTRAINT ck_holds_kind CHECK (kind IN ('clip', 'place', 'money', 'spend')), 
	CONSTRAINT pk_holds PRIMARY KEY (job_id, counter), 
	CONSTRAINT fk_holds_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('33mcep','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('9nfu33','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('m9rxsk','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:usd:2026-05',0,'money');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:person:700000000000000003:usd:2026-05-28',0,'spend');
INSERT INTO "holds" VALUES('v4vfyb','server:700000000000000001:person:700000000000000003:usd:2026-05',0,'spend');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:usd:2026-05',130000,'money');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:person:700000000000000003:usd:2026-05-28',130000,'spend');
INSERT INTO "holds" VALUES('8k73u8','server:700000000000000001:person:700000000000000003:usd:2026-05',130000,'spend');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:usd:2026-05',0,'money');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:person:700000000000000003:usd:2026-05-28',0,'spend');
INSERT INTO "holds" VALUES('ertuaj','server:700000000000000001:person:700000000000000003:usd:2026-05',0,'spend');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:usd:2026-05',0,'money');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:person:700000000000000003:usd:2026-05-28',0,'spend');
INSERT INTO "holds" VALUES('3mex96','server:700000000000000001:person:700000000000000003:usd:2026-05',0,'spend');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:usd:2026-05',0,'money');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:person:700000000000000003:usd:2026-05-28',0,'spend');
INSERT INTO "holds" VALUES('tnn35t','server:700000000000000001:person:700000000000000003:usd:2026-05',0,'spend');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('q55utk','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('262s2v','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('z4kngv','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('mj36pn','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('x5ncqe','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('u853zj','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('xwsyj2','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('8vybp2','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('mv9u2w','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:person:700000000000000003:running',0,'place');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('rgtavr','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('ds67kj','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('cjrfad','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('xe5wj9','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('gkbwwg','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:usd:2026-05',260000,'money');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:person:700000000000000003:running',1,'place');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:person:700000000000000003:jobs:2026-05-28',1,'clip');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:person:700000000000000003:jobs:2026-05',1,'clip');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:person:700000000000000003:usd:2026-05-28',260000,'spend');
INSERT INTO "holds" VALUES('bdn7hq','server:700000000000000001:person:700000000000000003:usd:2026-05',260000,'spend');
CREATE TABLE house_rules (
	guild_id INTEGER NOT NULL, 
	scope TEXT NOT NULL, 
	scope_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	changed_by INTEGER NOT NULL, 
	changed_at INTEGER NOT NULL, 
	CONSTRAINT pk_house_rules PRIMARY KEY (guild_id, scope, scope_id, name), 
	CONSTRAINT ck_house_rules_scope CHECK (scope IN ('server', 'channel', 'role'))
)
 STRICT

;
INSERT INTO "house_rules" VALUES(700000000000000001,'server',700000000000000001,'clips_per_day','20',700000000000000003,1780004500010);
CREATE TABLE job_events (
	number INTEGER NOT NULL, 
	job_id TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	from_state TEXT, 
	to_state TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	CONSTRAINT pk_job_events PRIMARY KEY (number), 
	CONSTRAINT fk_job_events_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT ck_job_events_from_state CHECK (from_state IN ('queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled')), 
	CONSTRAINT ck_job_events_to_state CHECK (to_state IN ('queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled'))
)
 STRICT

;
INSERT INTO "job_events" VALUES(1,'33mcep',1780000000001,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(2,'33mcep',1780000000001,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(3,'33mcep',1780000000001,'submitting','running','created');
INSERT INTO "job_events" VALUES(4,'33mcep',1780000000001,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(5,'9nfu33',1780000000002,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(6,'9nfu33',1780000000002,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(7,'9nfu33',1780000000002,'submitting','running','created');
INSERT INTO "job_events" VALUES(8,'9nfu33',1780000000002,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(9,'m9rxsk',1780000000003,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(10,'m9rxsk',1780000000003,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(11,'m9rxsk',1780000000003,'submitting','running','created');
INSERT INTO "job_events" VALUES(12,'m9rxsk',1780000000003,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(13,'v4vfyb',1780000000004,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(14,'v4vfyb',1780000000004,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(15,'v4vfyb',1780000000004,'submitting','running','created');
INSERT INTO "job_events" VALUES(16,'v4vfyb',1780000000004,'running','failed','failed:moderated');
INSERT INTO "job_events" VALUES(17,'8k73u8',1780000000005,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(18,'8k73u8',1780000000005,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(19,'8k73u8',1780000000005,'submitting','running','created');
INSERT INTO "job_events" VALUES(20,'8k73u8',1780000000005,'running','failed','failed:provider_error');
INSERT INTO "job_events" VALUES(21,'ertuaj',1780000000006,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(22,'ertuaj',1780000000006,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(23,'ertuaj',1780000000006,'submitting','failed','declined:input_rejected');
INSERT INTO "job_events" VALUES(24,'3mex96',1780000000007,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(25,'3mex96',1780000000007,'queued','cancelled','cancelled');
INSERT INTO "job_events" VALUES(26,'tnn35t',1780000000008,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(27,'tnn35t',1780000000008,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(28,'tnn35t',1780000000008,'submitting','running','created');
INSERT INTO "job_events" VALUES(29,'tnn35t',1780000000008,'running','cancelled','failed:other');
INSERT INTO "job_events" VALUES(30,'q55utk',1780000000009,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(31,'q55utk',1780000000009,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(32,'q55utk',1780000000009,'submitting','submit_unknown','unknown:timeout');
INSERT INTO "job_events" VALUES(33,'q55utk',1780001800009,'submit_unknown','abandoned','grace_over');
INSERT INTO "job_events" VALUES(34,'262s2v',1780002400010,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(35,'262s2v',1780002400010,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(36,'262s2v',1780002400010,'submitting','running','created');
INSERT INTO "job_events" VALUES(37,'262s2v',1780004200010,'running','overdue','deadline');
INSERT INTO "job_events" VALUES(38,'z4kngv',1780004500011,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(39,'z4kngv',1780004500011,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(40,'z4kngv',1780004500011,'submitting','running','created');
INSERT INTO "job_events" VALUES(41,'z4kngv',1780004500011,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(42,'mj36pn',1780004500012,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(43,'mj36pn',1780004500012,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(44,'mj36pn',1780004500012,'submitting','running','created');
INSERT INTO "job_events" VALUES(45,'mj36pn',1780004500012,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(46,'x5ncqe',1780004500013,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(47,'x5ncqe',1780004500013,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(48,'x5ncqe',1780004500013,'submitting','running','created');
INSERT INTO "job_events" VALUES(49,'x5ncqe',1780004500013,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(50,'u853zj',1780004500014,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(51,'u853zj',1780004500014,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(52,'u853zj',1780004500014,'submitting','running','created');
INSERT INTO "job_events" VALUES(53,'u853zj',1780004500014,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(54,'xwsyj2',1780004620015,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(55,'xwsyj2',1780004620015,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(56,'xwsyj2',1780004620015,'submitting','running','created');
INSERT INTO "job_events" VALUES(57,'xwsyj2',1780004620015,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(58,'8vybp2',1780004620016,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(59,'8vybp2',1780004620016,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(60,'8vybp2',1780004620016,'submitting','running','created');
INSERT INTO "job_events" VALUES(61,'mv9u2w',1780004620017,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(62,'mv9u2w',1780004620017,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(63,'mv9u2w',1780004620017,'submitting','running','created');
INSERT INTO "job_events" VALUES(64,'rgtavr',1780004620018,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(65,'rgtavr',1780004620018,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(66,'rgtavr',1780004620018,'submitting','running','created');
INSERT INTO "job_events" VALUES(67,'rgtavr',1780004620018,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(68,'ds67kj',1780004620019,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(69,'ds67kj',1780004620019,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(70,'ds67kj',1780004620019,'submitting','submit_unknown','unknown:timeout');
INSERT INTO "job_events" VALUES(71,'cjrfad',1780004620020,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(72,'cjrfad',1780004620020,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(73,'cjrfad',1780004620020,'submitting','queued','not_sent:refused');
INSERT INTO "job_events" VALUES(74,'xe5wj9',1780004620021,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(75,'xe5wj9',1780004620021,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(76,'gkbwwg',1780004620022,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(77,'bdn7hq',1780004620023,NULL,'queued','submit');
CREATE TABLE jobs (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	request_key TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	previous_state TEXT, 
	revision INTEGER NOT NULL, 
	changed_at INTEGER NOT NULL, 
	requester_id INTEGER NOT NULL, 
	guild_id INTEGER, 
	channel_id INTEGER NOT NULL, 
	upload_limit INTEGER NOT NULL, 
	locale TEXT NOT NULL, 
	input TEXT NOT NULL, 
	seconds INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	spoiler INTEGER NOT NULL, 
	source_id TEXT, 
	service_mode TEXT NOT NULL, 
	key_fingerprint TEXT NOT NULL, 
	hook_token TEXT NOT NULL, 
	price_microusd INTEGER, 
	reserved_microusd INTEGER NOT NULL, 
	notes TEXT NOT NULL, 
	inputs_ready INTEGER NOT NULL, 
	attempts INTEGER DEFAULT 0 NOT NULL, 
	due_at INTEGER, 
	nudged_at INTEGER, 
	lease TEXT, 
	lease_until INTEGER, 
	sent TEXT DEFAULT '' NOT NULL, 
	post_started_at INTEGER, 
	post_ended_at INTEGER, 
	candidate_task_id TEXT, 
	task_id TEXT, 
	running_since INTEGER, 
	deadline_at INTEGER, 
	stalled_since INTEGER, 
	queue_expires_at INTEGER NOT NULL, 
	output_url TEXT, 
	consumed_microusd INTEGER, 
	took_ms INTEGER, 
	quota_held INTEGER NOT NULL, 
	failure_reason TEXT, 
	failure_detail TEXT DEFAULT '' NOT NULL, 
	cancel_requested_at INTEGER, 
	cancelled_by INTEGER, 
	cancel_sent_at INTEGER, 
	card_channel_id INTEGER, 
	card_message_id INTEGER, 
	card_shown INTEGER DEFAULT 0 NOT NULL, 
	card_rests_until INTEGER DEFAULT 0 NOT NULL, 
	result_asset_id TEXT, 
	created_at INTEGER NOT NULL, 
	finished_at INTEGER, destination TEXT NOT NULL DEFAULT 'channel' CONSTRAINT ck_jobs_destination CHECK (destination IN ('channel', 'thread', 'direct')), made_from TEXT CONSTRAINT fk_jobs_made_from REFERENCES jobs (id), removed_at INTEGER, repeat_key TEXT NOT NULL DEFAULT '', public_locale TEXT NOT NULL DEFAULT 'en-US', price_basis TEXT NOT NULL DEFAULT 'catalogue' CONSTRAINT ck_jobs_price_basis CHECK (price_basis IN ('catalogue', 'seen')), forgotten_at INTEGER, age_restricted INTEGER DEFAULT 0 NOT NULL, turn INTEGER DEFAULT 0 NOT NULL, card_place INTEGER DEFAULT 0 NOT NULL, card_ready_at INTEGER, 
	CONSTRAINT pk_jobs PRIMARY KEY (number), 
	CONSTRAINT ck_jobs_spoiler CHECK (spoiler IN (0, 1)), 
	CONSTRAINT ck_jobs_inputs_ready CHECK (inputs_ready IN (0, 1)), 
	CONSTRAINT ck_jobs_quota_held CHECK (quota_held IN (0, 1)), 
	CONSTRAINT uq_jobs_id UNIQUE (id), 
	CONSTRAINT uq_jobs_request_key UNIQUE (request_key), 
	CONSTRAINT uq_jobs_task_id UNIQUE (task_id), 
	CONSTRAINT uq_jobs_hook_token UNIQUE (hook_token), 
	CONSTRAINT fk_jobs_source_id FOREIGN KEY(source_id) REFERENCES jobs (id), 
	CONSTRAINT ck_jobs_kind CHECK (kind IN ('video', 'extend', 'lipsync')), 
	CONSTRAINT ck_jobs_state CHECK (state IN ('queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled')), 
	CONSTRAINT ck_jobs_task_known CHECK (state NOT IN ('running', 'overdue', 'succeeded') OR task_id IS NOT NULL), 
	CONSTRAINT ck_jobs_finished CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)), 
	CONSTRAINT ck_jobs_lease CHECK ((lease IS NULL) = (lease_until IS NULL)), 
	CONSTRAINT ck_jobs_card CHECK ((card_channel_id IS NULL) = (card_message_id IS NULL)), 
	CONSTRAINT ck_jobs_money CHECK (reserved_microusd >= 0 AND consumed_microusd >= 0)
)
 STRICT

;
INSERT INTO "jobs" VALUES(1,'33mcep','i:1','video','succeeded','running',5,1780000000001,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "a lighthouse in the storm", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','uaMtBfLayQlZWmY9aPxoGw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''a lighthouse in the storm'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000001,1780000000001,NULL,'task-1',1780000000001,1780001800001,NULL,1780086400001,'https://storage.example/task-1.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000001,5,0,'67fbf9f70025c0a3',1780000000001,1780000000001,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,2,0,NULL);
INSERT INTO "jobs" VALUES(2,'9nfu33','i:2','video','succeeded','running',5,1780000000002,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "the same, ''quoted'' and with ümläuts ✨", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','vaWtDPSPei_EIxkJLeVuTA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt="the same, ''quoted'' and with ümläuts ✨", seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000002,1780000000002,NULL,'task-2',1780000000002,1780001800002,NULL,1780086400002,'https://storage.example/task-2.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000002,5,0,'690dc380da191f09',1780000000002,1780000000002,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,4,0,NULL);
INSERT INTO "jobs" VALUES(3,'m9rxsk','i:3','video','succeeded','running',6,1780000000003,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "with a picture", "ratio": null, "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','F-vfDBy0-FDXOtFDcP7NKw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''with a picture'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=None, camera_axis='''', camera_value=0, sound=None)|None',1780000000003,1780000000003,NULL,'task-3',1780000000003,1780001800003,NULL,1780086400003,'https://storage.example/task-3.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000003,6,0,'4b307c9a65c30eb9',1780000000003,1780000000003,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,6,0,NULL);
INSERT INTO "jobs" VALUES(4,'v4vfyb','i:4','video','failed','running',5,1780000000004,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "turned away by the provider", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','g_WFOfxCiWZk2jaNGr4VZw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''turned away by the provider'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000004,1780000000004,NULL,'task-4',1780000000004,1780001800004,NULL,1780086400004,NULL,0,NULL,0,'moderated','',NULL,NULL,NULL,700000000000000002,800000000000000004,5,0,NULL,1780000000004,1780000000004,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,8,0,NULL);
INSERT INTO "jobs" VALUES(5,'8k73u8','i:5','video','failed','running',5,1780000000005,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "failed, and charged for all the same", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','b6nWOSya0qMXEyF1Mhm7_A',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''failed, and charged for all the same'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000005,1780000000005,NULL,'task-5',1780000000005,1780001800005,NULL,1780086400005,NULL,130000,NULL,0,'provider_error','',NULL,NULL,NULL,700000000000000002,800000000000000005,5,0,NULL,1780000000005,1780000000005,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,10,0,NULL);
INSERT INTO "jobs" VALUES(6,'ertuaj','i:6','video','failed','submitting',4,1780000000006,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "refused at the door", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','R4U7BPK6E-8tunRbU7vpgA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''refused at the door'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000006,NULL,NULL,NULL,NULL,NULL,NULL,1780086400006,NULL,0,NULL,0,'input_rejected','',NULL,NULL,NULL,700000000000000002,800000000000000006,4,0,NULL,1780000000006,1780000000006,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,12,0,NULL);
INSERT INTO "jobs" VALUES(7,'3mex96','i:7','video','cancelled','queued',2,1780000000007,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "cancelled in line", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','YNWXe8wfW1-N9-Fz__Ts7g',260000,260000,'',1,0,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780086400007,NULL,0,NULL,0,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000007,2,0,NULL,1780000000007,1780000000007,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,13,0,NULL);
INSERT INTO "jobs" VALUES(8,'tnn35t','i:8','video','cancelled','running',6,1780000000008,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "cancelled by a moderator on its way", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','AL3k8Bq5zRsLuuj2eliaQQ',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''cancelled by a moderator on its way'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000008,1780000000008,NULL,'task-6',1780000000008,1780001800008,NULL,1780086400008,NULL,0,NULL,0,'cancelled_by_moderator','',1780000000008,700000000000000004,1780000000008,700000000000000002,800000000000000008,6,0,NULL,1780000000008,1780000000008,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,15,0,NULL);
INSERT INTO "jobs" VALUES(9,'q55utk','i:9','video','abandoned','submit_unknown',5,1780001800009,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "given up on", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','IC3KEOvi-GN1ho8hzhzPwg',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''given up on'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000009,1780000000009,NULL,NULL,NULL,NULL,NULL,1780086400009,NULL,NULL,NULL,0,'unknown_outcome','',NULL,NULL,NULL,700000000000000002,800000000000000009,5,0,NULL,1780000000009,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,17,0,NULL);
INSERT INTO "jobs" VALUES(10,'262s2v','i:10','video','overdue','running',4,1780004200010,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "overdue", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','1BmwRoxZMOhLgE1KKkUGJA',260000,260000,'',1,1,1780004731014,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''overdue'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780002400010,1780002400010,NULL,'task-7',1780002400010,1780004200010,NULL,1780088800010,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000010,4,0,NULL,1780002400010,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,19,0,NULL);
INSERT INTO "jobs" VALUES(11,'z4kngv','i:11','video','succeeded','running',5,1780004500011,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "liked, reported and posted once more", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','NA-_GzAUL9xvMxOk1erncw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''liked, reported and posted once more'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500011,1780004500011,NULL,'task-8',1780004500011,1780006300011,NULL,1780090900011,'https://storage.example/task-8.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000011,5,0,'f20c2cc735655c8d',1780004500011,1780004500011,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,21,0,NULL);
INSERT INTO "jobs" VALUES(12,'mj36pn','i:12','video','succeeded','running',6,1780004500012,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "deleted by its person", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','Qin1_UAsXnbo5YpAbkp6CA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''deleted by its person'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500012,1780004500012,NULL,'task-9',1780004500012,1780006300012,NULL,1780090900012,'https://storage.example/task-9.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000012,6,0,'3615bf30e731b336',1780004500012,1780004500012,'channel',NULL,1780004500012,'','en-US','catalogue',NULL,0,23,0,NULL);
INSERT INTO "jobs" VALUES(13,'x5ncqe','i:13','video','succeeded','running',4,1780004500013,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "posted, and killed before that was written down", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','fFkbUJc4-7DgS2jwkTYrOw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''posted, and killed before that was written down'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500013,1780004500013,NULL,'task-10',1780004500013,1780006300013,NULL,1780090900013,'https://storage.example/task-10.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000013,4,0,'ee8d9c80cb4c5b7d',1780004500013,1780004500013,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,25,0,1780004500013);
INSERT INTO "jobs" VALUES(14,'u853zj','i:14','video','succeeded','running',5,1780004530014,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "perhaps posted", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','Cvny3UqINdj33Cj0URaihg',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''perhaps posted'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500014,1780004500014,NULL,'task-11',1780004500014,1780006300014,NULL,1780090900014,'https://storage.example/task-11.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000014,5,0,'210ff55d22dbc192',1780004500014,1780004500014,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,27,0,1780004500014);
INSERT INTO "jobs" VALUES(15,'xwsyj2','i:15','video','succeeded','running',4,1780004620015,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "to be posted later", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','RdFSv5-1N4Dd_GD_Boryng',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''to be posted later'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620015,1780004620015,NULL,'task-12',1780004620015,1780006420015,NULL,1780091020015,'https://storage.example/task-12.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000015,3,0,'a4aadc84da936931',1780004620015,1780004620015,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,29,0,1780004620015);
INSERT INTO "jobs" VALUES(16,'8vybp2','i:16','video','running','submitting',3,1780004620016,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "being made", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','4VlVcSgZdzM80B0j2X6o-Q',260000,260000,'',1,1,1780004640016,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''being made'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620016,1780004620016,NULL,'task-13',1780004620016,1780006420016,NULL,1780091020016,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000016,3,0,NULL,1780004620016,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,31,0,1780004620016);
INSERT INTO "jobs" VALUES(17,'mv9u2w','i:17','video','running','submitting',4,1780004620017,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "being made, and no longer wanted", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','DOUpaYB3pxj2ltd-ztf7FQ',260000,260000,'',1,1,1780004622018,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''being made, and no longer wanted'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620017,1780004620017,NULL,'task-14',1780004620017,1780006420017,NULL,1780091020017,NULL,NULL,NULL,1,NULL,'',1780004620017,700000000000000003,1780004620018,700000000000000002,800000000000000017,4,0,NULL,1780004620017,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,33,0,1780004620017);
INSERT INTO "jobs" VALUES(18,'rgtavr','i:18','video','succeeded','running',4,1780004620018,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "made, and not in the archive", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','qCSy_cpiwJDncjOVRKkBUQ',260000,260000,'',1,1,1780004620018,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''made, and not in the archive'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620018,1780004620018,NULL,'task-15',1780004620018,1780006420018,NULL,1780091020018,'https://storage.example/task-15.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000018,3,0,NULL,1780004620018,1780004620018,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,35,0,1780004620018);
INSERT INTO "jobs" VALUES(19,'ds67kj','i:19','video','submit_unknown','submitting',3,1780004620019,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "bought, and its answer lost", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','E85a5l3wjf1kMfl8cfVQyw',260000,260000,'',1,1,1780004630019,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''bought, and its answer lost'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620019,1780004620019,NULL,NULL,NULL,NULL,NULL,1780091020019,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000019,1,0,NULL,1780004620019,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,37,1,1780004620019);
INSERT INTO "jobs" VALUES(20,'cjrfad','i:20','video','queued','submitting',3,1780004620020,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "tried once, to be tried again", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','yA-_u1vrWKo5oaRQCkw9Hw',260000,260000,'',1,1,1780004623302,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''tried once, to be tried again'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620020,1780004620020,NULL,NULL,NULL,NULL,NULL,1780091020020,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000020,1,0,NULL,1780004620020,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,39,1,1780004620020);
INSERT INTO "jobs" VALUES(21,'xe5wj9','i:21','video','submitting','queued',2,1780004620021,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "bought, and killed before that was written down", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','EPN-qfKfT0u8nplPf0EtIA',260000,260000,'',1,1,NULL,NULL,'da5d18cd-109',1780004860021,'video|1.6|VideoInput(prompt=''bought, and killed before that was written down'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620021,NULL,NULL,NULL,NULL,NULL,NULL,1780091020021,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000021,1,0,NULL,1780004620021,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,41,2,1780004620021);
INSERT INTO "jobs" VALUES(22,'gkbwwg','i:22','video','queued',NULL,1,1780004620022,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "waiting in line", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','aixHTlbpqqChs-ltAMIRLg',260000,260000,'',1,0,1780004620022,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780091020022,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000022,1,0,NULL,1780004620022,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,42,2,1780004620022);
INSERT INTO "jobs" VALUES(23,'bdn7hq','i:23','video','queued',NULL,1,1780004620023,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "waiting for its picture", "ratio": null, "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','EX5BKlJnWZdYGYT5akCvAg',260000,260000,'',0,0,1780004620023,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780091020023,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000023,1,0,NULL,1780004620023,NULL,'channel',NULL,NULL,'','en-US','catalogue',NULL,0,43,3,1780004620023);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "meta" VALUES('failed_purchases','2');
INSERT INTO "meta" VALUES('a secret of this database','kept');
CREATE TABLE preferences (
	person_id INTEGER NOT NULL, 
	guild_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (person_id, guild_id, name)
)
 STRICT

;
INSERT INTO "preferences" VALUES(700000000000000003,0,'results','thread');
CREATE TABLE reports (
	job_id TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	created_at INTEGER NOT NULL, due_at INTEGER DEFAULT 0 NOT NULL, attempts INTEGER DEFAULT 0 NOT NULL, channel_id INTEGER, tried_at INTEGER, told_at INTEGER, 
	CONSTRAINT pk_reports PRIMARY KEY (job_id, person_id), 
	CONSTRAINT fk_reports_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "reports" VALUES('z4kngv',700000000000000005,'not for here',1780004500010,0,0,NULL,NULL,NULL);
CREATE TABLE servers (
	guild_id INTEGER NOT NULL, 
	revision INTEGER DEFAULT 0 NOT NULL, 
	joined_at INTEGER, 
	welcomed_at INTEGER, 
	welcome_channel_id INTEGER, 
	welcome_tried_at INTEGER, 
	set_up_at INTEGER, 
	left_at INTEGER, 
	CONSTRAINT pk_servers PRIMARY KEY (guild_id)
)
 STRICT

;
INSERT INTO "servers" VALUES(700000000000000001,3,1780004500010,NULL,NULL,NULL,NULL,NULL);
CREATE INDEX ix_jobs_state ON jobs (state, created_at, number);
CREATE INDEX ix_jobs_requester ON jobs (requester_id, created_at);
CREATE INDEX ix_jobs_channel ON jobs (channel_id, finished_at);
CREATE INDEX ix_jobs_durations ON jobs (kind, model, mode, seconds, finished_at) WHERE took_ms IS NOT NULL;
CREATE INDEX ix_jobs_card ON jobs (card_message_id) WHERE card_message_id IS NOT NULL;
CREATE INDEX ix_jobs_stale_card ON jobs (changed_at) WHERE card_shown < revision AND card_message_id IS NOT NULL;
CREATE INDEX ix_job_events_job ON job_events (job_id, number);
CREATE INDEX ix_deliveries_state ON deliveries (state, due_at);
CREATE INDEX ix_deliveries_message ON deliveries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX ix_assets_job ON assets (job_id);
CREATE INDEX ix_jobs_repeat ON jobs (repeat_key, created_at) WHERE repeat_key <> '';
CREATE INDEX ix_jobs_source ON jobs (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX ix_jobs_made_from ON jobs (made_from) WHERE made_from IS NOT NULL;
CREATE INDEX ix_jobs_requester_ended ON jobs (requester_id, finished_at, number) WHERE finished_at IS NOT NULL;
CREATE INDEX ix_drafts_expires ON drafts (expires_at, id);
CREATE INDEX ix_charges_opened ON charges (opened_at);
CREATE INDEX ix_jobs_guild ON jobs (guild_id, created_at, number) WHERE guild_id IS NOT NULL;
CREATE INDEX ix_jobs_charge ON jobs (kind, model, mode, seconds, service_mode, consumed_microusd) WHERE consumed_microusd > 0;
CREATE INDEX ix_jobs_cancelled_by ON jobs (cancelled_by) WHERE cancelled_by IS NOT NULL;
CREATE INDEX ix_jobs_kept ON jobs (finished_at, number) WHERE forgotten_at IS NULL;
CREATE INDEX ix_reports_untold ON reports (due_at) WHERE told_at IS NULL;
CREATE INDEX ix_grants_counter ON grants (counter);
CREATE INDEX ix_audit_guild ON audit (guild_id, number);
CREATE INDEX ix_alerts_open ON alerts (due_at) WHERE cleared_told_at IS NULL;
CREATE INDEX ix_erasures_ended ON erasures (ended_at);
CREATE INDEX ix_drafts_person ON drafts (person_id);
CREATE INDEX ix_drafts_guild ON drafts (guild_id);
CREATE INDEX ix_preferences_guild ON preferences (guild_id);
CREATE INDEX ix_favourites_job ON favourites (job_id);
CREATE INDEX ix_reports_person ON reports (person_id);
CREATE INDEX ix_blocks_person ON blocks (person_id);
CREATE INDEX ix_grants_person ON grants (person_id);
CREATE INDEX ix_grants_guild ON grants (guild_id);
CREATE INDEX ix_budget_warnings_guild ON budget_warnings (guild_id);
CREATE INDEX ix_budget_warnings_owed ON budget_warnings (noted_at, counter) WHERE told_at IS NULL;
CREATE INDEX ix_alerts_subject ON alerts (subject);
CREATE INDEX ix_jobs_turn ON jobs (turn);
CREATE INDEX ix_jobs_line ON jobs (state, COALESCE(guild_id, 0), requester_id, number) WHERE finished_at IS NULL;
CREATE INDEX ix_jobs_started_by ON jobs (COALESCE(guild_id, 0), requester_id, turn) WHERE attempts > 0;
CREATE INDEX ix_jobs_started_in ON jobs (COALESCE(guild_id, 0), turn) WHERE attempts > 0;
CREATE INDEX ix_jobs_leased ON jobs (lease_until) WHERE lease IS NOT NULL;
CREATE INDEX ix_jobs_next ON jobs (state, due_at, created_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX ix_jobs_nudged ON jobs (state, nudged_at, number) WHERE nudged_at IS NOT NULL;
CREATE INDEX ix_deliveries_leased ON deliveries (lease_until) WHERE lease IS NOT NULL;
COMMIT;
