CREATE TABLE [dbo].[Model] (
    [ModelId]   BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]  INT           NOT NULL,
    [Name]      NVARCHAR(200) NOT NULL,
    [ModelType] NVARCHAR(64)  NULL,
    [Provider]  NVARCHAR(200) NULL,
    [CreatedAt] DATETIME2(7)  NOT NULL CONSTRAINT [DF_Model_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Model] PRIMARY KEY CLUSTERED ([ModelId]),
    -- As for dbo.Atom: lets others refer to model and tenant together.
    CONSTRAINT [UQ_Model_ModelId_TenantId] UNIQUE ([ModelId], [TenantId]),
    CONSTRAINT [FK_Model_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    INDEX [IX_Model_TenantId_Name] NONCLUSTERED ([TenantId], [Name])
);
