-- Types of atoms that get embeddings of a model.
CREATE TABLE [dbo].[EmbeddingModelAtomType] (
    [EmbeddingModelId] INT          NOT NULL,
    [AtomType]         NVARCHAR(64) NOT NULL,
    CONSTRAINT [PK_EmbeddingModelAtomType] PRIMARY KEY CLUSTERED ([EmbeddingModelId], [AtomType]),
    CONSTRAINT [FK_EmbeddingModelAtomType_EmbeddingModel] FOREIGN KEY ([EmbeddingModelId])
        REFERENCES [dbo].[EmbeddingModel] ([EmbeddingModelId])
);
