-- Atoms that may need another embedding, for dbo.sp_EnqueueEmbeddingJobs.
CREATE TYPE [dbo].[EmbeddingAtomList] AS TABLE (
    [AtomId] BIGINT NOT NULL PRIMARY KEY
);
