-- People. A birth date is never stored: `age` holds the band and the day it changes, sealed.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('guardian', 'teen', 'adult')),
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    age TEXT,
    country TEXT NOT NULL,
    zone TEXT NOT NULL,
    assurance TEXT NOT NULL CHECK (assurance IN ('declared', 'verified')),
    created_at BIGINT NOT NULL
);

-- Sign-ups below the minimum age: a count per day, and nothing else (product.md section 2).
CREATE TABLE refused_signup (
    day TEXT PRIMARY KEY,
    n BIGINT NOT NULL
);
