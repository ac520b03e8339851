-- Models that atoms have embeddings of, several side by side; a new version of a model is a row of its own.
-- DISABLED: no jobs are made, which is how a deployment leaves it. ENABLED: changed atoms get jobs, and the generator does
-- them. PAUSED: jobs are made, and wait.
-- The graph has the vectors of models that are not DISABLED, or are read. IsRead: searches take its vectors where nobody names a
-- model; at most one is. FullAt: when every atom that can have a vector first had one; searches were switched to it then.
-- Endpoints and keys are settings of the generator and never here.
CREATE TABLE [dbo].[EmbeddingModel] (
    [EmbeddingModelId] INT           IDENTITY (1, 1) NOT NULL,
    -- Becomes part of the names of a property and an index in the graph.
    [ModelKey]         VARCHAR(40)   NOT NULL,
    [ModelName]        NVARCHAR(128) NOT NULL,
    -- Whatever else decides what the vector of a text is: weights, prefixes, windows.
    [ModelVersion]     NVARCHAR(64)  NOT NULL CONSTRAINT [DF_EmbeddingModel_ModelVersion] DEFAULT (N'1'),
    [Dimension]        INT           NOT NULL,
    [State]            NVARCHAR(16)  NOT NULL CONSTRAINT [DF_EmbeddingModel_State] DEFAULT (N'DISABLED'),
    [IsRead]           BIT           NOT NULL CONSTRAINT [DF_EmbeddingModel_IsRead] DEFAULT (0),
    [FullAt]           DATETIME2(7)  NULL,
    [CreatedAt]        DATETIME2(7)  NOT NULL CONSTRAINT [DF_EmbeddingModel_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_EmbeddingModel] PRIMARY KEY CLUSTERED ([EmbeddingModelId]),
    CONSTRAINT [UQ_EmbeddingModel_ModelKey] UNIQUE ([ModelKey]),
    CONSTRAINT [CK_EmbeddingModel_ModelKey] CHECK (
        [ModelKey] <> '' AND [ModelKey] COLLATE Latin1_General_BIN2 NOT LIKE '%[^a-z0-9_]%'
    ),
    CONSTRAINT [CK_EmbeddingModel_Dimension] CHECK ([Dimension] BETWEEN 1 AND 4096),
    CONSTRAINT [CK_EmbeddingModel_State] CHECK ([State] IN (N'DISABLED', N'ENABLED', N'PAUSED')),
    -- Each enqueue asks whether a model is in use.
    INDEX [IX_EmbeddingModel_State] NONCLUSTERED ([State]),
    INDEX [UX_EmbeddingModel_IsRead] UNIQUE NONCLUSTERED ([IsRead]) WHERE [IsRead] = 1
);
