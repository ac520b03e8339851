-- The outcome of jobs, for dbo.sp_FinishEmbeddingJobs. Outcome EMBEDDED: has all that follows. UNCHANGED: the atom's
-- embedding is that of its text. SKIPPED: the atom has no text, or is gone. REFUSED: its text may not go to the provider.
CREATE TYPE [dbo].[EmbeddingResultList] AS TABLE (
    [BackgroundJobId] BIGINT         NOT NULL PRIMARY KEY,
    [LeaseToken]      BIGINT         NOT NULL,
    [Outcome]         NVARCHAR(16)   NOT NULL,
    [Dimension]       INT            NULL,
    [Vector]          VARBINARY(MAX) NULL,
    [TextHash]        VARBINARY(32)  NULL,
    [ProjectionX]     FLOAT          NULL,
    [ProjectionY]     FLOAT          NULL,
    [ProjectionZ]     FLOAT          NULL,
    [HilbertValue]    BIGINT         NULL,
    [BucketX]         INT            NULL,
    [BucketY]         INT            NULL,
    [BucketZ]         INT            NULL,
    [Windows]         INT            NULL,
    [Tokens]          INT            NULL
);
