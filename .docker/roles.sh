#!/bin/sh
# Run once by the postgres image: the roles of firm/grants.py and the database they share.
set -eu

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set worker="$WORKER_PASSWORD" <<'SQL'
CREATE ROLE merihari_owner LOGIN PASSWORD :'owner';
CREATE ROLE merihari_app LOGIN PASSWORD :'app';
CREATE ROLE merihari_worker LOGIN PASSWORD :'worker';
CREATE DATABASE merihari OWNER merihari_owner;
SQL
