-- The bytes of a file, in slices from 0 on: one value could hold 2 GB only, and appending to it, or reading a part of
-- it, costs more the larger it is.
CREATE TABLE [dbo].[IngestionFileSlice] (
    [IngestionFileId] BIGINT         NOT NULL,
    [SliceNumber]     INT            NOT NULL,
    [Content]         VARBINARY(MAX) NOT NULL,
    CONSTRAINT [PK_IngestionFileSlice] PRIMARY KEY CLUSTERED ([IngestionFileId], [SliceNumber]),
    CONSTRAINT [FK_IngestionFileSlice_IngestionFile] FOREIGN KEY ([IngestionFileId])
        REFERENCES [dbo].[IngestionFile] ([IngestionFileId]),
    CONSTRAINT [CK_IngestionFileSlice_SliceNumber] CHECK ([SliceNumber] >= 0)
);
