-- The schema of the first program that was given to others.
CREATE TABLE checkpoints (
    instance TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (instance)
);
CREATE TABLE feeds (
    address TEXT NOT NULL,
    url TEXT NOT NULL,
    added BOOLEAN NOT NULL,
    title TEXT,
    etag TEXT,
    modified TEXT,
    next_poll TIMESTAMP WITH TIME ZONE,
    rest_until TIMESTAMP WITH TIME ZONE,
    tried TIMESTAMP WITH TIME ZONE,
    succeeded TIMESTAMP WITH TIME ZONE,
    failures INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (address)
);
CREATE TABLE inputs (
    name TEXT NOT NULL,
    status VARCHAR(16) NOT NULL,
    error TEXT,
    reports JSON NOT NULL,
    tried TIMESTAMP WITH TIME ZONE NOT NULL,
    succeeded TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (name)
);
CREATE TABLE reports (
    id VARCHAR(16) NOT NULL,
    revision INTEGER NOT NULL,
    duplicate_of VARCHAR(16),
    PRIMARY KEY (id),
    FOREIGN KEY(duplicate_of) REFERENCES reports (id)
);
CREATE INDEX ix_reports_duplicate_of ON reports (duplicate_of);
CREATE TABLE watched_folders (
    name TEXT NOT NULL,
    succeeded TIMESTAMP WITH TIME ZONE,
    error TEXT,
    PRIMARY KEY (name)
);
CREATE TABLE changes (
    seq SERIAL NOT NULL,
    report_id VARCHAR(16) NOT NULL,
    revision INTEGER NOT NULL,
    arrived TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(report_id) REFERENCES reports (id)
);
CREATE TABLE feed_entries (
    feed TEXT NOT NULL,
    key VARCHAR(64) NOT NULL,
    state VARCHAR(64) NOT NULL,
    failures INTEGER NOT NULL,
    next_try TIMESTAMP WITH TIME ZONE,
    reports JSON NOT NULL,
    PRIMARY KEY (feed, key),
    FOREIGN KEY(feed) REFERENCES feeds (address) ON DELETE CASCADE
);
CREATE TABLE near_copies (
    report_id VARCHAR(16) NOT NULL,
    coverage FLOAT NOT NULL,
    PRIMARY KEY (report_id),
    FOREIGN KEY(report_id) REFERENCES reports (id)
);
CREATE TABLE near_keys (
    report_id VARCHAR(16) NOT NULL,
    key BIGINT NOT NULL,
    PRIMARY KEY (report_id, key),
    FOREIGN KEY(report_id) REFERENCES reports (id)
);
CREATE INDEX ix_near_keys_key ON near_keys (key);
CREATE TABLE passages (
    report_id VARCHAR(16) NOT NULL,
    revision INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    text TEXT NOT NULL,
    sentences JSON NOT NULL,
    vector BYTEA NOT NULL,
    token_signs BYTEA NOT NULL,
    PRIMARY KEY (report_id, revision, ordinal),
    FOREIGN KEY(report_id) REFERENCES reports (id)
);
CREATE TABLE revisions (
    report_id VARCHAR(16) NOT NULL,
    revision INTEGER NOT NULL,
    publisher TEXT,
    publisher_confirmed BOOLEAN NOT NULL,
    title TEXT,
    authors JSON NOT NULL,
    published DATE,
    url TEXT,
    language VARCHAR(35) NOT NULL,
    text TEXT NOT NULL,
    structure JSON NOT NULL,
    content_key VARCHAR(64) NOT NULL,
    text_key VARCHAR(64) NOT NULL,
    source TEXT NOT NULL,
    arrived TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (report_id, revision),
    FOREIGN KEY(report_id) REFERENCES reports (id)
);
CREATE INDEX ix_revisions_published ON revisions (published);
CREATE INDEX ix_revisions_text_key ON revisions (text_key);
CREATE TABLE watched_files (
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    stamp TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    read BOOLEAN NOT NULL,
    reports JSON NOT NULL,
    PRIMARY KEY (folder, path),
    FOREIGN KEY(folder) REFERENCES watched_folders (name) ON DELETE CASCADE
);
CREATE TABLE delivery_clock (
    id INTEGER NOT NULL,
    last_tick TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE editions (
    id BIGSERIAL NOT NULL,
    key VARCHAR(64) NOT NULL,
    token VARCHAR(16) NOT NULL,
    empty TEXT NOT NULL,
    content TEXT NOT NULL,
    parts JSON NOT NULL,
    composed TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (key),
    UNIQUE (token)
);
CREATE TABLE subscriptions (
    id BIGSERIAL NOT NULL,
    chat_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    line TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    ended TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    cursor BIGINT NOT NULL,
    first BOOLEAN NOT NULL,
    settled TIMESTAMP WITH TIME ZONE NOT NULL,
    next_due TIMESTAMP WITH TIME ZONE,
    version INTEGER NOT NULL,
    created TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (chat_id, thread_id)
);
CREATE INDEX subscriptions_due ON subscriptions (next_due, id);
CREATE TABLE deliveries (
    id BIGSERIAL NOT NULL,
    subscription_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    edition_id BIGINT,
    slot TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR(8) NOT NULL,
    reason TEXT NOT NULL,
    silent BOOLEAN NOT NULL,
    cursor_before BIGINT NOT NULL,
    first_before BOOLEAN NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE,
    attempts INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    parts_sent INTEGER NOT NULL,
    message_ids JSON NOT NULL,
    started BOOLEAN NOT NULL,
    doubtful BOOLEAN NOT NULL,
    claimed_by BIGINT,
    created TIMESTAMP WITH TIME ZONE NOT NULL,
    finished TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (subscription_id, slot),
    FOREIGN KEY(subscription_id) REFERENCES subscriptions (id),
    FOREIGN KEY(edition_id) REFERENCES editions (id)
);
CREATE INDEX deliveries_chat ON deliveries (chat_id);
CREATE INDEX deliveries_due_of ON deliveries (subscription_id) WHERE state = 'due';
CREATE UNIQUE INDEX deliveries_once ON deliveries (subscription_id, edition_id) WHERE state NOT IN ('skipped', 'failed');
CREATE INDEX deliveries_waiting ON deliveries (state, not_before);
CREATE TABLE edition_reports (
    edition_id BIGINT NOT NULL,
    report_id VARCHAR(64) NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (edition_id, report_id),
    FOREIGN KEY(edition_id) REFERENCES editions (id) ON DELETE CASCADE
);
CREATE INDEX ix_edition_reports_report_id ON edition_reports (report_id);
CREATE TABLE handled_updates (
    id BIGINT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_handled_updates_seen_at ON handled_updates (seen_at);
CREATE TABLE turns (
    number SERIAL NOT NULL,
    id VARCHAR(32) NOT NULL,
    person BIGINT NOT NULL,
    chat BIGINT NOT NULL,
    thread BIGINT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX ix_turns_asked_at ON turns (asked_at);
CREATE INDEX turns_by_asker ON turns (person, chat, thread, number);
CREATE TABLE open_groups (
    chat BIGINT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (chat)
);
CREATE TABLE suggestions (
    id VARCHAR(32) NOT NULL,
    answer VARCHAR(32) NOT NULL,
    place INTEGER NOT NULL,
    person BIGINT NOT NULL,
    question TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_suggestions_answer ON suggestions (answer);
CREATE INDEX ix_suggestions_made_at ON suggestions (made_at);
CREATE INDEX ix_suggestions_person ON suggestions (person);
CREATE TABLE votes (
    answer VARCHAR(32) NOT NULL,
    person BIGINT NOT NULL,
    good BOOLEAN NOT NULL,
    voted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (answer, person)
);
CREATE INDEX ix_votes_voted_at ON votes (voted_at);
CREATE INDEX votes_by_person ON votes (person);
