-- Run once by PostgreSQL's image when its volume is empty (docker-compose.yml), by its superuser:
-- the owner of the tables is a role of its own, which the walls between companies bind too.
\getenv password OWNER_ROLE_PASSWORD
CREATE ROLE kamino_owner LOGIN CREATEROLE PASSWORD :'password';
ALTER DATABASE kamino OWNER TO kamino_owner;
