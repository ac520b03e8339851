CREATE TABLE [dbo].[Tenant] (
    [TenantId]  INT           NOT NULL,
    [Name]      NVARCHAR(200) NOT NULL,
    [CreatedAt] DATETIME2(7)  NOT NULL CONSTRAINT [DF_Tenant_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Tenant] PRIMARY KEY CLUSTERED ([TenantId])
);
