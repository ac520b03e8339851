-- Writes a row of dbo.ApiAudit; in the transaction of the change that it is about.
CREATE PROCEDURE [dbo].[sp_LogApiAudit]
    @TenantId INT,
    @Subject  NVARCHAR(128),
    @Action   NVARCHAR(64),
    @Target   NVARCHAR(400),
    @Detail   NVARCHAR(MAX) = NULL,
    @TraceId  CHAR(32)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[ApiAudit] ([TenantId], [Subject], [Action], [Target], [Detail], [TraceId])
    VALUES (@TenantId, @Subject, @Action, @Target, @Detail, @TraceId);
END;
