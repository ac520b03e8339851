-- Owns the Service Broker objects, and procedures and activation run as it. A user without login can't lose its login, as
-- dbo does when a database is restored on another server or the administrator who made it leaves: SQL Server then refuses
-- EXECUTE AS OWNER (15517), activation and delivery. It is a member of db_owner because SQL Server lets only db_owner end
-- conversations that were begun under another owner and see endpoints and the transmission queue. Nobody can log in as it;
-- only db_owner may impersonate it.
CREATE USER [HartonomousBroker] WITHOUT LOGIN;
GO
-- CREATE USER grants it too, but a publish by SqlPackage takes away what the model doesn't say.
GRANT CONNECT TO [HartonomousBroker];
GO
-- Here, before the procedures that run as it: applications enqueue while a database is upgraded.
ALTER ROLE [db_owner] ADD MEMBER [HartonomousBroker];
