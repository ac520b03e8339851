CREATE TABLE [dbo].[ModelVersion] (
    [ModelVersionId] BIGINT       IDENTITY (1, 1) NOT NULL,
    [TenantId]       INT          NOT NULL,
    [ModelId]        BIGINT       NOT NULL,
    [Version]        NVARCHAR(64) NOT NULL,
    [ParameterCount] BIGINT       NULL,
    [CreatedAt]      DATETIME2(7) NOT NULL CONSTRAINT [DF_ModelVersion_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_ModelVersion] PRIMARY KEY CLUSTERED ([ModelVersionId]),
    -- As for dbo.Atom: lets others refer to version and tenant together.
    CONSTRAINT [UQ_ModelVersion_ModelVersionId_TenantId] UNIQUE ([ModelVersionId], [TenantId]),
    CONSTRAINT [UQ_ModelVersion_ModelId_Version] UNIQUE ([ModelId], [Version]),
    CONSTRAINT [FK_ModelVersion_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_ModelVersion_Model] FOREIGN KEY ([ModelId], [TenantId])
        REFERENCES [dbo].[Model] ([ModelId], [TenantId]),
    CONSTRAINT [CK_ModelVersion_ParameterCount] CHECK ([ParameterCount] >= 0)
);
