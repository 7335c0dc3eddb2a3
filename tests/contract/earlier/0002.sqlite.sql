BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
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
INSERT INTO "assets" VALUES(1,'dffe7764e422b4fd','yneb7f','result','https://storage.example/task-1.mp4','yneb7f.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000001,1780000000001);
INSERT INTO "assets" VALUES(2,'6ab2ef5f1be197b9','knazhe','result','https://storage.example/task-2.mp4','knazhe.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000002,1780000000002);
INSERT INTO "assets" VALUES(3,'4bfs2sd842z9','3vbjd3','image','https://cdn.example/a.png','a.png','image','image/jpeg',10,'jpg','aa',512,512,0,0,1780000000003,1780000000003);
INSERT INTO "assets" VALUES(4,'30132a40f9f4903d','3vbjd3','result','https://storage.example/task-3.mp4','3vbjd3.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780000000003,1780000000003);
INSERT INTO "assets" VALUES(5,'25df5d07de24340d','ax9kx7','result','https://storage.example/task-8.mp4','ax9kx7.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500011,1780004500011);
INSERT INTO "assets" VALUES(6,'5fd686ecf4e0721a','qxph6s','result','https://storage.example/task-9.mp4','qxph6s.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500012,1780004500012);
INSERT INTO "assets" VALUES(7,'0ee0d4afcaffd25a','yh4g3p','result','https://storage.example/task-10.mp4','yh4g3p.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500013,1780004500013);
INSERT INTO "assets" VALUES(8,'841f4eaf20b86c86','kr3cvd','result','https://storage.example/task-11.mp4','kr3cvd.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004500014,1780004500014);
INSERT INTO "assets" VALUES(9,'4eeccd2b3eccc539','umwnzu','result','https://storage.example/task-12.mp4','umwnzu.mp4','','video/mp4',1000,'mp4','bb',1280,720,5100,0,1780004620015,1780004620015);
INSERT INTO "assets" VALUES(10,'nur53p8s3reh','nupk85','image','https://cdn.example/a.png','a.png','image','image/png',10,'','',0,0,0,0,NULL,1780004620023);
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
INSERT INTO "charges" VALUES('yneb7f','process:usd:2026-05',260000,260000,1780000000001,1780000000001);
INSERT INTO "charges" VALUES('knazhe','process:usd:2026-05',260000,260000,1780000000002,1780000000002);
INSERT INTO "charges" VALUES('3vbjd3','process:usd:2026-05',260000,260000,1780000000003,1780000000003);
INSERT INTO "charges" VALUES('vhvtjw','process:usd:2026-05',260000,0,1780000000004,1780000000004);
INSERT INTO "charges" VALUES('spwuhb','process:usd:2026-05',260000,130000,1780000000005,1780000000005);
INSERT INTO "charges" VALUES('rrqb82','process:usd:2026-05',260000,0,1780000000006,1780000000006);
INSERT INTO "charges" VALUES('w2v95p','process:usd:2026-05',260000,0,1780000000007,1780000000007);
INSERT INTO "charges" VALUES('n5use6','process:usd:2026-05',260000,0,1780000000008,1780000000008);
INSERT INTO "charges" VALUES('325s4v','process:usd:2026-05',260000,NULL,1780000000009,NULL);
INSERT INTO "charges" VALUES('5dx34h','process:usd:2026-05',260000,NULL,1780002400010,NULL);
INSERT INTO "charges" VALUES('ax9kx7','process:usd:2026-05',260000,260000,1780004500011,1780004500011);
INSERT INTO "charges" VALUES('qxph6s','process:usd:2026-05',260000,260000,1780004500012,1780004500012);
INSERT INTO "charges" VALUES('yh4g3p','process:usd:2026-05',260000,260000,1780004500013,1780004500013);
INSERT INTO "charges" VALUES('kr3cvd','process:usd:2026-05',260000,260000,1780004500014,1780004500014);
INSERT INTO "charges" VALUES('umwnzu','process:usd:2026-05',260000,260000,1780004620015,1780004620015);
INSERT INTO "charges" VALUES('3zch7g','process:usd:2026-05',260000,NULL,1780004620016,NULL);
INSERT INTO "charges" VALUES('6xsbxy','process:usd:2026-05',260000,NULL,1780004620017,NULL);
INSERT INTO "charges" VALUES('837zwz','process:usd:2026-05',260000,260000,1780004620018,1780004620018);
INSERT INTO "charges" VALUES('4xetht','process:usd:2026-05',260000,NULL,1780004620019,NULL);
INSERT INTO "charges" VALUES('5392vr','process:usd:2026-05',260000,NULL,1780004620020,NULL);
INSERT INTO "charges" VALUES('dhu598','process:usd:2026-05',260000,NULL,1780004620021,NULL);
INSERT INTO "charges" VALUES('53a7vt','process:usd:2026-05',260000,NULL,1780004620022,NULL);
INSERT INTO "charges" VALUES('nupk85','process:usd:2026-05',260000,NULL,1780004620023,NULL);
CREATE TABLE counters (
	name TEXT NOT NULL, 
	used INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name), 
	CONSTRAINT ck_counters_used CHECK (used >= 0)
)
 STRICT

;
INSERT INTO "counters" VALUES('process:usd:2026-05',4810000);
INSERT INTO "counters" VALUES('person:700000000000000003:jobs:2026-05-28',17);
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
	created_at INTEGER NOT NULL, 
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
INSERT INTO "deliveries" VALUES(1,'vd7q2hssevja','yneb7f','result','delivered',700000000000000002,1780000000001,1,NULL,NULL,NULL,700000000000000002,900000000000000001,'',NULL,1780000000001);
INSERT INTO "deliveries" VALUES(2,'vjgcj9eytm7e','knazhe','result','delivered',700000000000000002,1780000000002,1,NULL,NULL,NULL,700000000000000002,900000000000000002,'',NULL,1780000000002);
INSERT INTO "deliveries" VALUES(3,'ddzjg6475gs3','3vbjd3','result','delivered',700000000000000002,1780000000003,1,NULL,NULL,NULL,700000000000000002,900000000000000003,'',NULL,1780000000003);
INSERT INTO "deliveries" VALUES(4,'v5dzth9bg49t','vhvtjw','failure','delivered',700000000000000002,1780000000004,1,NULL,NULL,NULL,700000000000000002,900000000000000004,'',NULL,1780000000004);
INSERT INTO "deliveries" VALUES(5,'jj53uv2fgzrk','spwuhb','failure','delivered',700000000000000002,1780000000005,1,NULL,NULL,NULL,700000000000000002,900000000000000005,'',NULL,1780000000005);
INSERT INTO "deliveries" VALUES(6,'3jrtgngq5vz2','rrqb82','failure','delivered',700000000000000002,1780000000006,1,NULL,NULL,NULL,700000000000000002,900000000000000006,'',NULL,1780000000006);
INSERT INTO "deliveries" VALUES(7,'zhszn3vcbbw9','n5use6','failure','delivered',700000000000000002,1780000000008,1,NULL,NULL,NULL,700000000000000002,900000000000000007,'',NULL,1780000000008);
INSERT INTO "deliveries" VALUES(8,'22jcd6xf5966','325s4v','abandoned','delivered',700000000000000002,1780001800009,1,NULL,NULL,NULL,700000000000000002,900000000000000008,'',NULL,1780001800009);
INSERT INTO "deliveries" VALUES(9,'rj3276hf64vm','ax9kx7','result','delivered',700000000000000002,1780004500011,1,NULL,NULL,NULL,700000000000000002,900000000000000009,'',NULL,1780004500011);
INSERT INTO "deliveries" VALUES(10,'xwnenng9abmq','ax9kx7','repost:repost:1','delivered',700000000000000002,1780004500012,1,NULL,NULL,NULL,700000000000000002,900000000000000010,'',NULL,1780004500011);
INSERT INTO "deliveries" VALUES(11,'5d37qdwc4nj7','qxph6s','result','delivered',700000000000000002,1780004500012,1,NULL,NULL,NULL,700000000000000002,900000000000000011,'',NULL,1780004500012);
INSERT INTO "deliveries" VALUES(12,'7q23ncgj7mf8','yh4g3p','result','sending',700000000000000002,1780004500013,1,1780004500013,'023e5fd2-480',1780005160013,NULL,NULL,'',NULL,1780004500013);
INSERT INTO "deliveries" VALUES(13,'7376s5s382xw','kr3cvd','result','undeliverable',700000000000000002,1780004500014,1,NULL,NULL,NULL,NULL,NULL,'history_unreadable',NULL,1780004500014);
INSERT INTO "deliveries" VALUES(14,'qd8angdgvhvv','umwnzu','result','pending',700000000000000002,1780004620015,1,1780005820015,NULL,NULL,NULL,NULL,'busy',1780004620015,1780004620015);
INSERT INTO "deliveries" VALUES(15,'maprj79haxhw','837zwz','result','pending',700000000000000002,NULL,0,1780004620018,NULL,NULL,NULL,NULL,'',NULL,1780004620018);
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
CREATE TABLE favourites (
	person_id INTEGER NOT NULL, 
	job_id TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_favourites PRIMARY KEY (person_id, job_id), 
	CONSTRAINT fk_favourites_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "favourites" VALUES(700000000000000003,'ax9kx7',1780004500010);
CREATE TABLE holds (
	job_id TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	CONSTRAINT pk_holds PRIMARY KEY (job_id, counter), 
	CONSTRAINT fk_holds_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "holds" VALUES('yneb7f','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('knazhe','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('3vbjd3','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('vhvtjw','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('spwuhb','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('rrqb82','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('w2v95p','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('n5use6','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('325s4v','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('5dx34h','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('ax9kx7','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('qxph6s','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('yh4g3p','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('kr3cvd','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('umwnzu','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('3zch7g','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('6xsbxy','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('837zwz','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('4xetht','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('5392vr','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('dhu598','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('53a7vt','person:700000000000000003:jobs:2026-05-28',1);
INSERT INTO "holds" VALUES('nupk85','person:700000000000000003:jobs:2026-05-28',1);
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
INSERT INTO "job_events" VALUES(1,'yneb7f',1780000000001,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(2,'yneb7f',1780000000001,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(3,'yneb7f',1780000000001,'submitting','running','created');
INSERT INTO "job_events" VALUES(4,'yneb7f',1780000000001,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(5,'knazhe',1780000000002,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(6,'knazhe',1780000000002,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(7,'knazhe',1780000000002,'submitting','running','created');
INSERT INTO "job_events" VALUES(8,'knazhe',1780000000002,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(9,'3vbjd3',1780000000003,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(10,'3vbjd3',1780000000003,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(11,'3vbjd3',1780000000003,'submitting','running','created');
INSERT INTO "job_events" VALUES(12,'3vbjd3',1780000000003,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(13,'vhvtjw',1780000000004,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(14,'vhvtjw',1780000000004,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(15,'vhvtjw',1780000000004,'submitting','running','created');
INSERT INTO "job_events" VALUES(16,'vhvtjw',1780000000004,'running','failed','failed:moderated');
INSERT INTO "job_events" VALUES(17,'spwuhb',1780000000005,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(18,'spwuhb',1780000000005,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(19,'spwuhb',1780000000005,'submitting','running','created');
INSERT INTO "job_events" VALUES(20,'spwuhb',1780000000005,'running','failed','failed:provider_error');
INSERT INTO "job_events" VALUES(21,'rrqb82',1780000000006,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(22,'rrqb82',1780000000006,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(23,'rrqb82',1780000000006,'submitting','failed','declined:input_rejected');
INSERT INTO "job_events" VALUES(24,'w2v95p',1780000000007,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(25,'w2v95p',1780000000007,'queued','cancelled','cancelled');
INSERT INTO "job_events" VALUES(26,'n5use6',1780000000008,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(27,'n5use6',1780000000008,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(28,'n5use6',1780000000008,'submitting','running','created');
INSERT INTO "job_events" VALUES(29,'n5use6',1780000000008,'running','cancelled','failed:other');
INSERT INTO "job_events" VALUES(30,'325s4v',1780000000009,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(31,'325s4v',1780000000009,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(32,'325s4v',1780000000009,'submitting','submit_unknown','unknown:timeout');
INSERT INTO "job_events" VALUES(33,'325s4v',1780001800009,'submit_unknown','abandoned','grace_over');
INSERT INTO "job_events" VALUES(34,'5dx34h',1780002400010,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(35,'5dx34h',1780002400010,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(36,'5dx34h',1780002400010,'submitting','running','created');
INSERT INTO "job_events" VALUES(37,'5dx34h',1780004200010,'running','overdue','deadline');
INSERT INTO "job_events" VALUES(38,'ax9kx7',1780004500011,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(39,'ax9kx7',1780004500011,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(40,'ax9kx7',1780004500011,'submitting','running','created');
INSERT INTO "job_events" VALUES(41,'ax9kx7',1780004500011,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(42,'qxph6s',1780004500012,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(43,'qxph6s',1780004500012,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(44,'qxph6s',1780004500012,'submitting','running','created');
INSERT INTO "job_events" VALUES(45,'qxph6s',1780004500012,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(46,'yh4g3p',1780004500013,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(47,'yh4g3p',1780004500013,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(48,'yh4g3p',1780004500013,'submitting','running','created');
INSERT INTO "job_events" VALUES(49,'yh4g3p',1780004500013,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(50,'kr3cvd',1780004500014,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(51,'kr3cvd',1780004500014,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(52,'kr3cvd',1780004500014,'submitting','running','created');
INSERT INTO "job_events" VALUES(53,'kr3cvd',1780004500014,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(54,'umwnzu',1780004620015,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(55,'umwnzu',1780004620015,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(56,'umwnzu',1780004620015,'submitting','running','created');
INSERT INTO "job_events" VALUES(57,'umwnzu',1780004620015,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(58,'3zch7g',1780004620016,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(59,'3zch7g',1780004620016,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(60,'3zch7g',1780004620016,'submitting','running','created');
INSERT INTO "job_events" VALUES(61,'6xsbxy',1780004620017,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(62,'6xsbxy',1780004620017,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(63,'6xsbxy',1780004620017,'submitting','running','created');
INSERT INTO "job_events" VALUES(64,'837zwz',1780004620018,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(65,'837zwz',1780004620018,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(66,'837zwz',1780004620018,'submitting','running','created');
INSERT INTO "job_events" VALUES(67,'837zwz',1780004620018,'running','succeeded','completed');
INSERT INTO "job_events" VALUES(68,'4xetht',1780004620019,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(69,'4xetht',1780004620019,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(70,'4xetht',1780004620019,'submitting','submit_unknown','unknown:timeout');
INSERT INTO "job_events" VALUES(71,'5392vr',1780004620020,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(72,'5392vr',1780004620020,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(73,'5392vr',1780004620020,'submitting','queued','not_sent:refused');
INSERT INTO "job_events" VALUES(74,'dhu598',1780004620021,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(75,'dhu598',1780004620021,'queued','submitting','submit');
INSERT INTO "job_events" VALUES(76,'53a7vt',1780004620022,NULL,'queued','submit');
INSERT INTO "job_events" VALUES(77,'nupk85',1780004620023,NULL,'queued','submit');
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
	finished_at INTEGER, destination TEXT NOT NULL DEFAULT 'channel' CONSTRAINT ck_jobs_destination CHECK (destination IN ('channel', 'thread', 'direct')), made_from TEXT CONSTRAINT fk_jobs_made_from REFERENCES jobs (id), removed_at INTEGER, repeat_key TEXT NOT NULL DEFAULT '', 
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
INSERT INTO "jobs" VALUES(1,'yneb7f','i:1','video','succeeded','running',5,1780000000001,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "a lighthouse in the storm", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','5QjbH5Gd5Sy9RLpPcj3tnw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''a lighthouse in the storm'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000001,1780000000001,NULL,'task-1',1780000000001,1780001800001,NULL,1780086400001,'https://storage.example/task-1.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000001,5,0,'dffe7764e422b4fd',1780000000001,1780000000001,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(2,'knazhe','i:2','video','succeeded','running',5,1780000000002,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "the same, ''quoted'' and with ümläuts ✨", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','NR9TOOGxDu-zGkaUHbMosQ',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt="the same, ''quoted'' and with ümläuts ✨", seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000002,1780000000002,NULL,'task-2',1780000000002,1780001800002,NULL,1780086400002,'https://storage.example/task-2.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000002,5,0,'6ab2ef5f1be197b9',1780000000002,1780000000002,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(3,'3vbjd3','i:3','video','succeeded','running',6,1780000000003,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "with a picture", "ratio": null, "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','Qd6TlqeRXkXkzMJ6HtTYmg',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''with a picture'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=None, camera_axis='''', camera_value=0, sound=None)|None',1780000000003,1780000000003,NULL,'task-3',1780000000003,1780001800003,NULL,1780086400003,'https://storage.example/task-3.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000003,6,0,'30132a40f9f4903d',1780000000003,1780000000003,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(4,'vhvtjw','i:4','video','failed','running',5,1780000000004,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "turned away by the provider", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','UlMrN-yVgEQzbB4cm0WXGw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''turned away by the provider'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000004,1780000000004,NULL,'task-4',1780000000004,1780001800004,NULL,1780086400004,NULL,0,NULL,0,'moderated','',NULL,NULL,NULL,700000000000000002,800000000000000004,5,0,NULL,1780000000004,1780000000004,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(5,'spwuhb','i:5','video','failed','running',5,1780000000005,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "failed, and charged for all the same", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','9yjNTvFLiyDimzzXARyl0w',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''failed, and charged for all the same'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000005,1780000000005,NULL,'task-5',1780000000005,1780001800005,NULL,1780086400005,NULL,130000,NULL,0,'provider_error','',NULL,NULL,NULL,700000000000000002,800000000000000005,5,0,NULL,1780000000005,1780000000005,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(6,'rrqb82','i:6','video','failed','submitting',4,1780000000006,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "refused at the door", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','QYKq_zE4D3XMAwCx7bQjnw',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''refused at the door'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000006,NULL,NULL,NULL,NULL,NULL,NULL,1780086400006,NULL,0,NULL,0,'input_rejected','',NULL,NULL,NULL,700000000000000002,800000000000000006,4,0,NULL,1780000000006,1780000000006,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(7,'w2v95p','i:7','video','cancelled','queued',2,1780000000007,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "cancelled in line", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','9yg0_YeHuTMfIYvlx2Px0g',260000,260000,'',1,0,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780086400007,NULL,0,NULL,0,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000007,2,0,NULL,1780000000007,1780000000007,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(8,'n5use6','i:8','video','cancelled','running',6,1780000000008,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "cancelled by a moderator on its way", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','wxeA2nycK9WHiQidA4yecg',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''cancelled by a moderator on its way'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000008,1780000000008,NULL,'task-6',1780000000008,1780001800008,NULL,1780086400008,NULL,0,NULL,0,'cancelled_by_moderator','',1780000000008,700000000000000004,1780000000008,700000000000000002,800000000000000008,6,0,NULL,1780000000008,1780000000008,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(9,'325s4v','i:9','video','abandoned','submit_unknown',5,1780001800009,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "given up on", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','Dc9J_fyjcGbf9KHKhgaAvg',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''given up on'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780000000009,1780000000009,NULL,NULL,NULL,NULL,NULL,1780086400009,NULL,NULL,NULL,0,'unknown_outcome','',NULL,NULL,NULL,700000000000000002,800000000000000009,5,0,NULL,1780000000009,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(10,'5dx34h','i:10','video','overdue','running',4,1780004200010,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "overdue", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','MC9wsyt8RdErbm9MckXrjA',260000,260000,'',1,1,1780004731014,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''overdue'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780002400010,1780002400010,NULL,'task-7',1780002400010,1780004200010,NULL,1780088800010,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000010,4,0,NULL,1780002400010,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(11,'ax9kx7','i:11','video','succeeded','running',5,1780004500011,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "liked, reported and posted once more", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','xQMekSSwJQKGW35XzPfCBQ',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''liked, reported and posted once more'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500011,1780004500011,NULL,'task-8',1780004500011,1780006300011,NULL,1780090900011,'https://storage.example/task-8.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000011,5,0,'25df5d07de24340d',1780004500011,1780004500011,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(12,'qxph6s','i:12','video','succeeded','running',6,1780004500012,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "deleted by its person", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','C9Nyj8F9ojs73B83bo-cUA',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''deleted by its person'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500012,1780004500012,NULL,'task-9',1780004500012,1780006300012,NULL,1780090900012,'https://storage.example/task-9.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000012,6,0,'5fd686ecf4e0721a',1780004500012,1780004500012,'channel',NULL,1780004500012,'');
INSERT INTO "jobs" VALUES(13,'yh4g3p','i:13','video','succeeded','running',4,1780004500013,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "posted, and killed before that was written down", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','3TUvtxdftDvTw9NxL2Z95g',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''posted, and killed before that was written down'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500013,1780004500013,NULL,'task-10',1780004500013,1780006300013,NULL,1780090900013,'https://storage.example/task-10.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000013,4,0,'0ee0d4afcaffd25a',1780004500013,1780004500013,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(14,'kr3cvd','i:14','video','succeeded','running',5,1780004530014,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "perhaps posted", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','utIfJ7EI9wJv-vWPmmtc7w',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''perhaps posted'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004500014,1780004500014,NULL,'task-11',1780004500014,1780006300014,NULL,1780090900014,'https://storage.example/task-11.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000014,5,0,'841f4eaf20b86c86',1780004500014,1780004500014,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(15,'umwnzu','i:15','video','succeeded','running',4,1780004620015,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "to be posted later", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','sm-coVTYn04UXkX8_QcrkQ',260000,260000,'',1,1,NULL,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''to be posted later'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620015,1780004620015,NULL,'task-12',1780004620015,1780006420015,NULL,1780091020015,'https://storage.example/task-12.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000015,4,0,'4eeccd2b3eccc539',1780004620015,1780004620015,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(16,'3zch7g','i:16','video','running','submitting',3,1780004620016,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "being made", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','00dVparRbSScukfFWpNl0A',260000,260000,'',1,1,1780004640016,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''being made'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620016,1780004620016,NULL,'task-13',1780004620016,1780006420016,NULL,1780091020016,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000016,3,0,NULL,1780004620016,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(17,'6xsbxy','i:17','video','running','submitting',4,1780004620017,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "being made, and no longer wanted", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','6VgkxkJIH9eNqYoZ_PevsA',260000,260000,'',1,1,1780004622018,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''being made, and no longer wanted'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620017,1780004620017,NULL,'task-14',1780004620017,1780006420017,NULL,1780091020017,NULL,NULL,NULL,1,NULL,'',1780004620017,700000000000000003,1780004620018,700000000000000002,800000000000000017,4,0,NULL,1780004620017,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(18,'837zwz','i:18','video','succeeded','running',4,1780004620018,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "made, and not in the archive", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','iAHsDqcE62wrkrM6uHO_lA',260000,260000,'',1,1,1780004620018,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''made, and not in the archive'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620018,1780004620018,NULL,'task-15',1780004620018,1780006420018,NULL,1780091020018,'https://storage.example/task-15.mp4',260000,0,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000018,3,0,NULL,1780004620018,1780004620018,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(19,'4xetht','i:19','video','submit_unknown','submitting',3,1780004620019,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "bought, and its answer lost", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','pf078ePRuD4wx4rBjHf9fQ',260000,260000,'',1,1,1780004630019,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''bought, and its answer lost'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620019,1780004620019,NULL,NULL,NULL,NULL,NULL,1780091020019,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000019,1,0,NULL,1780004620019,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(20,'5392vr','i:20','video','queued','submitting',3,1780004620020,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "tried once, to be tried again", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','HgP_G3McjCY9xT1AagqlBg',260000,260000,'',1,1,1780004622596,NULL,NULL,NULL,'video|1.6|VideoInput(prompt=''tried once, to be tried again'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620020,1780004620020,NULL,NULL,NULL,NULL,NULL,1780091020020,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000020,1,0,NULL,1780004620020,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(21,'dhu598','i:21','video','submitting','queued',2,1780004620021,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "bought, and killed before that was written down", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','RomapwpRgH0Sn2dt42OxvQ',260000,260000,'',1,1,NULL,NULL,'49ce46d3-109',1780004860021,'video|1.6|VideoInput(prompt=''bought, and killed before that was written down'', seconds=5, negative_prompt='''', cfg_scale=0.5, ratio=''16:9'', camera_axis='''', camera_value=0, sound=None)|None',1780004620021,NULL,NULL,NULL,NULL,NULL,NULL,1780091020021,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000021,1,0,NULL,1780004620021,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(22,'53a7vt','i:22','video','queued',NULL,1,1780004620022,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "waiting in line", "ratio": "16:9", "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','AjNG2szdGQqL1vVcUEoDWQ',260000,260000,'',1,0,1780004620022,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780091020022,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000022,1,0,NULL,1780004620022,NULL,'channel',NULL,NULL,'');
INSERT INTO "jobs" VALUES(23,'nupk85','i:23','video','queued',NULL,1,1780004620023,700000000000000003,700000000000000001,700000000000000002,10485760,'en-US','{"camera_axis": "", "camera_value": 0, "cfg_scale": 0.5, "negative_prompt": "", "prompt": "waiting for its picture", "ratio": null, "seconds": 5, "sound": null}',5,'1.6','std',0,NULL,'public','account-1','l31vguVAgb1N4QYIcx5UHQ',260000,260000,'',0,0,1780004620023,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780091020023,NULL,NULL,NULL,1,NULL,'',NULL,NULL,NULL,700000000000000002,800000000000000023,1,0,NULL,1780004620023,NULL,'channel',NULL,NULL,'');
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
)
 STRICT

;
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
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_reports PRIMARY KEY (job_id, person_id), 
	CONSTRAINT fk_reports_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 STRICT

;
INSERT INTO "reports" VALUES('ax9kx7',700000000000000005,'not for here',1780004500010);
CREATE INDEX ix_jobs_due ON jobs (state, due_at) WHERE due_at IS NOT NULL;
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
COMMIT;
