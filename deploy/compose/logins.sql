-- The logins that the programs of the trial run with: their roles and nothing more. $(WorkerPassword) and $(ApiPassword) are sqlcmd's.
IF SUSER_ID(N'hartonomous-worker') IS NULL
    CREATE LOGIN [hartonomous-worker] WITH PASSWORD = N'$(WorkerPassword)';
IF USER_ID(N'hartonomous-worker') IS NULL
    CREATE USER [hartonomous-worker] FOR LOGIN [hartonomous-worker];
ALTER ROLE [HartonomousWorker] ADD MEMBER [hartonomous-worker];
IF SUSER_ID(N'hartonomous-api') IS NULL
    CREATE LOGIN [hartonomous-api] WITH PASSWORD = N'$(ApiPassword)';
IF USER_ID(N'hartonomous-api') IS NULL
    CREATE USER [hartonomous-api] FOR LOGIN [hartonomous-api];
ALTER ROLE [HartonomousApi] ADD MEMBER [hartonomous-api];
GO
