-- dbo.sp_EnqueueEmbeddingJobs for one atom. A procedure of its own, so that dbo.sp_EnqueueNeo4jSync needs no table variable, which
-- would cost every caller.
CREATE PROCEDURE [dbo].[sp_EnqueueEmbeddingJob]
    @AtomId BIGINT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Atoms [dbo].[EmbeddingAtomList];

    INSERT INTO @Atoms ([AtomId]) VALUES (@AtomId);
    EXEC [dbo].[sp_EnqueueEmbeddingJobs] @Atoms = @Atoms;
END;
