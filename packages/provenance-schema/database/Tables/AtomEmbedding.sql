-- The embedding of an atom's text by a model, and where it came from.
CREATE TABLE [dbo].[AtomEmbedding] (
    [AtomId]           BIGINT         NOT NULL,
    [EmbeddingModelId] INT            NOT NULL,
    [TenantId]         INT            NOT NULL,
    [Dimension]        INT            NOT NULL,
    -- Numbers of 32 bits (IEEE 754), the least significant byte first.
    [Vector]           VARBINARY(MAX) NOT NULL,
    -- Of the text and of all that decides about its vector. NULL: not known, so that a job computes the vector again.
    [TextHash]         VARBINARY(32)  NULL,
    -- Three coordinates from -1 to 1 for grouping and display; NULL where nobody has computed them.
    [ProjectionX]      FLOAT          NULL,
    [ProjectionY]      FLOAT          NULL,
    [ProjectionZ]      FLOAT          NULL,
    -- Place of the projection on a Hilbert curve with 21 bits for each axis.
    [HilbertValue]     BIGINT         NULL,
    -- The projection in units of 0.1, rounded down.
    [BucketX]          INT            NULL,
    [BucketY]          INT            NULL,
    [BucketZ]          INT            NULL,
    -- Pieces that a long text was embedded in; the vector is their mean.
    [Windows]          INT            NOT NULL CONSTRAINT [DF_AtomEmbedding_Windows] DEFAULT (1),
    [Tokens]           INT            NULL,
    -- The job that wrote it; its row goes by the retention of jobs.
    [BackgroundJobId]  BIGINT         NULL,
    [CreatedAt]        DATETIME2(7)   NOT NULL CONSTRAINT [DF_AtomEmbedding_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_AtomEmbedding] PRIMARY KEY CLUSTERED ([AtomId], [EmbeddingModelId]),
    -- CASCADE: applications delete atoms without knowing of embeddings.
    CONSTRAINT [FK_AtomEmbedding_Atom] FOREIGN KEY ([AtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]) ON DELETE CASCADE,
    CONSTRAINT [FK_AtomEmbedding_EmbeddingModel] FOREIGN KEY ([EmbeddingModelId])
        REFERENCES [dbo].[EmbeddingModel] ([EmbeddingModelId]),
    CONSTRAINT [CK_AtomEmbedding_Vector] CHECK (DATALENGTH([Vector]) = 4 * [Dimension]),
    CONSTRAINT [CK_AtomEmbedding_Windows] CHECK ([Windows] >= 1),
    INDEX [IX_AtomEmbedding_TextHash] NONCLUSTERED ([EmbeddingModelId], [TextHash]),
    INDEX [IX_AtomEmbedding_HilbertValue] NONCLUSTERED ([EmbeddingModelId], [HilbertValue])
);
