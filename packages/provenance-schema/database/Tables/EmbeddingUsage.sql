-- What the generators of a model have asked its provider for, by day (UTC): for cost and for the cap of a day. Kept when vectors are
-- replaced or removed, since they have been paid for.
CREATE TABLE [dbo].[EmbeddingUsage] (
    [EmbeddingModelId] INT            NOT NULL,
    [Day]              DATE           NOT NULL,
    [Requests]         BIGINT         NOT NULL CONSTRAINT [DF_EmbeddingUsage_Requests] DEFAULT (0),
    [Inputs]           BIGINT         NOT NULL CONSTRAINT [DF_EmbeddingUsage_Inputs] DEFAULT (0),
    -- Billed, or counted where the provider doesn't say.
    [Tokens]           BIGINT         NOT NULL CONSTRAINT [DF_EmbeddingUsage_Tokens] DEFAULT (0),
    -- By the price in the generator's settings, in whatever currency that is.
    [Cost]             DECIMAL(19, 6) NOT NULL CONSTRAINT [DF_EmbeddingUsage_Cost] DEFAULT (0),
    -- When a generator stopped for the day because of its cap. NULL: none has, or it goes on after its settings have changed.
    [CapReachedAt]     DATETIME2(7)   NULL,
    CONSTRAINT [PK_EmbeddingUsage] PRIMARY KEY CLUSTERED ([EmbeddingModelId], [Day]),
    CONSTRAINT [FK_EmbeddingUsage_EmbeddingModel] FOREIGN KEY ([EmbeddingModelId])
        REFERENCES [dbo].[EmbeddingModel] ([EmbeddingModelId]) ON DELETE CASCADE
);
