-- The login that the workers of the trial run with: HartonomousWorker and nothing more. $(WorkerPassword) is sqlcmd's.
IF SUSER_ID(N'hartonomous-worker') IS NULL
    CREATE LOGIN [hartonomous-worker] WITH PASSWORD = N'$(WorkerPassword)';
IF USER_ID(N'hartonomous-worker') IS NULL
    CREATE USER [hartonomous-worker] FOR LOGIN [hartonomous-worker];
ALTER ROLE [HartonomousWorker] ADD MEMBER [hartonomous-worker];
GO
