CREATE MESSAGE TYPE [Invoice] VALIDATION = NONE;
CREATE CONTRACT [InvoiceContract] ([Invoice] SENT BY INITIATOR);
CREATE QUEUE [dbo].[ShopQueue];
CREATE SERVICE [ShopService] ON QUEUE [dbo].[ShopQueue];
CREATE QUEUE [dbo].[InvoiceQueue] WITH POISON_MESSAGE_HANDLING (STATUS = OFF);
CREATE SERVICE [InvoiceService] ON QUEUE [dbo].[InvoiceQueue] ([InvoiceContract]);
CREATE TABLE [dbo].[InvoiceDeadLetters] (
    [DeadLetterId] BIGINT IDENTITY (1, 1) NOT NULL PRIMARY KEY,
    [ReasonCode]   NVARCHAR(64)  NOT NULL,
    [ReplayedAt]   DATETIME2(7)  NULL
);
GO
CREATE PROCEDURE [dbo].[sp_DeadLetterInvoices] @Entries NVARCHAR(MAX)
AS
INSERT INTO [dbo].[InvoiceDeadLetters] ([ReasonCode])
SELECT j.[ReasonCode] FROM OPENJSON(@Entries) WITH ([ReasonCode] NVARCHAR(64) '$.reasonCode') AS j;
GO
CREATE PROCEDURE [dbo].[sp_PurgeInvoiceDeadLetters]
    @Table NVARCHAR(261), @ReplayedDays INT, @PendingDays INT, @Purged BIGINT OUTPUT
AS
DELETE TOP (4000) FROM [dbo].[InvoiceDeadLetters] WHERE [ReplayedAt] < DATEADD(DAY, -@ReplayedDays, SYSUTCDATETIME());
SET @Purged = @@ROWCOUNT;
