-- Keys of applications and people for the HTTP API. The key itself is shown once and kept nowhere.
CREATE TABLE [dbo].[ApiKey] (
    [ApiKeyId]   INT           IDENTITY (1, 1) NOT NULL,
    -- The part of the key that it is found by; no secret.
    [KeyPrefix]  CHAR(12)      NOT NULL,
    -- SHA-256 of the whole key. A key has 256 random bits, so nothing is gained by a slow hash.
    [KeyHash]    BINARY(32)    NOT NULL,
    [Name]       NVARCHAR(128) NOT NULL,
    [TenantId]   INT           NOT NULL,
    -- viewer: reads. sender: sends files in and follows them. operator: both, and repairs.
    [Role]       NVARCHAR(16)  NOT NULL,
    [CreatedAt]  DATETIME2(7)  NOT NULL CONSTRAINT [DF_ApiKey_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    [CreatedBy]  NVARCHAR(128) NOT NULL CONSTRAINT [DF_ApiKey_CreatedBy] DEFAULT (SUSER_SNAME()),
    -- NULL: never.
    [ExpiresAt]  DATETIME2(7)  NULL,
    -- To the minute. NULL: not yet.
    [LastUsedAt] DATETIME2(7)  NULL,
    [RevokedAt]  DATETIME2(7)  NULL,
    CONSTRAINT [PK_ApiKey] PRIMARY KEY CLUSTERED ([ApiKeyId]),
    CONSTRAINT [UQ_ApiKey_KeyPrefix] UNIQUE ([KeyPrefix]),
    CONSTRAINT [FK_ApiKey_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [CK_ApiKey_Role] CHECK ([Role] IN (N'viewer', N'sender', N'operator'))
);
