-- [User] is a reserved word: in T-SQL always with its brackets.
CREATE TABLE [dbo].[User] (
    [UserId]      BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]    INT           NOT NULL,
    [UserName]    NVARCHAR(256) NOT NULL,
    [DisplayName] NVARCHAR(256) NULL,
    [CreatedAt]   DATETIME2(7)  NOT NULL CONSTRAINT [DF_User_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_User] PRIMARY KEY CLUSTERED ([UserId]),
    -- As for dbo.Atom: lets others refer to user and tenant together.
    CONSTRAINT [UQ_User_UserId_TenantId] UNIQUE ([UserId], [TenantId]),
    CONSTRAINT [UQ_User_TenantId_UserName] UNIQUE ([TenantId], [UserName]),
    CONSTRAINT [FK_User_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId])
);
