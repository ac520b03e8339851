-- Sends one message on the session's pooled dialog; begins, recycles or replaces the dialog as needed. Internal: the
-- enqueue procedures call it inside their transaction.
-- A caller with many messages passes the same two output variables every time; the pool is then looked up once per
-- dialog and not once per message.
-- The last message of a dialog carries <EndOfDialog>1</EndOfDialog>, by which its reader knows to end the conversation, and
-- the pool forgets the dialog. The sender doesn't end it first: an Error of the far side would have nowhere to go, and
-- endpoints of the side that ends second can stay forever. What is left of @Capacity but the last message may be sent
-- without this procedure.
-- It knows no queue: callers pass the service and the limits of their dialogs, as their queue declares them.
CREATE PROCEDURE [dbo].[sp_SendOnPooledDialog]
    @ContractName       NVARCHAR(128),
    @MessageType        NVARCHAR(128),
    @Body               VARBINARY(MAX),
    @ConversationHandle UNIQUEIDENTIFIER = NULL OUTPUT,
    @Capacity           BIGINT           = 0    OUTPUT,
    -- Procedures of a version that passed less call this one while a deployment alters them one after the other: NULL is
    -- the service that takes the contract.
    @ToService          NVARCHAR(128)    = NULL,
    -- Too few: beginning dialogs costs more than sending. Too many: one sender's backlog, which is one conversation group,
    -- can be read by one reader only.
    @MaxMessages        BIGINT           = 1000,
    -- Too few: quiet sessions begin a dialog per message. Too many: a dialog outlives redeployments of the services that
    -- it was begun for.
    @MaxAgeMinutes      INT              = 60,
    @FromService        NVARCHAR(128)    = N'HartonomousInitiatorService'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;
    -- Callers may be SERIALIZABLE, as .NET's TransactionScope is: two new sessions would lock the same gap of the pool's
    -- keys and deadlock. It ends with this procedure.
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

    DECLARE @Attempt INT = 0;
    DECLARE @Pooled UNIQUEIDENTIFIER, @BegunAt DATETIME2(7), @State CHAR(2), @Sent BIGINT;
    DECLARE @BeginDialog NVARCHAR(1000), @Text NVARCHAR(MAX), @Marked VARBINARY(MAX);

    IF @@TRANCOUNT = 0
        THROW 51010, N'dbo.sp_SendOnPooledDialog must run inside a transaction: without one, a dialog could be begun and then lost from the pool. Call dbo.sp_EnqueueNeo4jSync instead.', 1;

    IF @ToService IS NULL
        SELECT @ToService = v.[name]
        FROM sys.service_contracts AS c
        INNER JOIN sys.service_contract_usages AS u ON u.[service_contract_id] = c.[service_contract_id]
        INNER JOIN sys.services AS v ON v.[service_id] = u.[service_id]
        WHERE c.[name] = @ContractName;
    IF @ToService IS NULL
        THROW 51011, N'No service takes the contract that dbo.sp_SendOnPooledDialog was given. Pass the contract of a queue of this database, and its service.', 1;

    WHILE 1 = 1
    BEGIN
        IF @ConversationHandle IS NULL OR @Capacity < 1
        BEGIN
            SELECT @Pooled = NULL, @BegunAt = NULL, @State = NULL, @Sent = NULL;

            SELECT @Pooled = p.[ConversationHandle], @BegunAt = p.[BegunAt]
            FROM [dbo].[DialogPool] AS p WITH (READCOMMITTEDLOCK)
            WHERE p.[FromService] = @FromService
              AND p.[ToService] = @ToService
              AND p.[ContractName] = @ContractName
              AND p.[SessionId] = @@SPID;

            -- Looked at before SEND because an error of SEND can doom the caller's transaction. send_sequence counts
            -- the dialog's messages, so the pool needs no write per message. NOLOCK: nobody else writes this row, and a scan
            -- of the view would wait for every dialog of the database that is not committed yet.
            IF @Pooled IS NOT NULL
                SELECT @State = e.[state], @Sent = e.[send_sequence]
                FROM sys.conversation_endpoints AS e WITH (NOLOCK)
                WHERE e.[conversation_handle] = @Pooled;

            -- One that has gone bad (DI, ER) has its EndDialog or Error message on the initiator queue, whose handler ends
            -- it. After a failed SEND: this dialog looked well and was not.
            IF @State IN ('SO', 'CO') AND (@Attempt = 0 OR @ConversationHandle IS NULL OR @ConversationHandle <> @Pooled)
            BEGIN
                SELECT @ConversationHandle = @Pooled, @Capacity = @MaxMessages - @Sent;
                -- Full under a limit that was higher, or old: it carries one message more, its last.
                IF @Capacity < 1 OR @BegunAt <= DATEADD(MINUTE, -@MaxAgeMinutes, SYSUTCDATETIME())
                    SET @Capacity = 1;
            END
            ELSE
            BEGIN
                -- A text, because the statement takes names and no variables for service and contract. CURRENT DATABASE:
                -- other databases of the server may have a service of that name. No encryption: the dialog never leaves
                -- the database.
                SET @BeginDialog = CONCAT(
                    N'BEGIN DIALOG CONVERSATION @Handle FROM SERVICE ', QUOTENAME(@FromService),
                    N' TO SERVICE @ToService, N''CURRENT DATABASE'' ON CONTRACT ', QUOTENAME(@ContractName),
                    N' WITH ENCRYPTION = OFF;');
                EXEC sys.sp_executesql @BeginDialog, N'@Handle UNIQUEIDENTIFIER OUTPUT, @ToService NVARCHAR(128)',
                    @Handle = @ConversationHandle OUTPUT, @ToService = @ToService;
                SET @Capacity = @MaxMessages;

                UPDATE [dbo].[DialogPool]
                SET [ConversationHandle] = @ConversationHandle, [BegunAt] = SYSUTCDATETIME()
                WHERE [FromService] = @FromService
                  AND [ToService] = @ToService
                  AND [ContractName] = @ContractName
                  AND [SessionId] = @@SPID;
                IF @@ROWCOUNT = 0
                    INSERT INTO [dbo].[DialogPool] ([FromService], [ToService], [ContractName], [SessionId], [ConversationHandle])
                    VALUES (@FromService, @ToService, @ContractName, @@SPID, @ConversationHandle);
            END;
        END;

        SET @Marked = @Body;
        IF @Capacity = 1
        BEGIN
            DELETE FROM [dbo].[DialogPool]
            WHERE [FromService] = @FromService
              AND [ToService] = @ToService
              AND [ContractName] = @ContractName
              AND [SessionId] = @@SPID
              AND [ConversationHandle] = @ConversationHandle;
            -- Before the closing tag of the root, which is the last of the text. The collation makes positions those of
            -- UTF-16 code units, whatever the database's is.
            SET @Text = CONVERT(NVARCHAR(MAX), @Body);
            SET @Text = STUFF(
                @Text COLLATE Latin1_General_BIN2,
                DATALENGTH(@Text) / 2 - NULLIF(CHARINDEX(N'/<', REVERSE(@Text COLLATE Latin1_General_BIN2)), 0),
                0,
                N'<EndOfDialog>1</EndOfDialog>');
            -- NULL for a body that isn't XML; a dialog without a mark is ended by its reader's maintenance.
            SET @Marked = ISNULL(CONVERT(VARBINARY(MAX), @Text), @Body);
        END;

        -- The far side may close the dialog between the look and the SEND. With XACT_ABORT off that error leaves the
        -- transaction usable, so the message can go out on a new dialog.
        SET XACT_ABORT OFF;
        BEGIN TRY
            SEND ON CONVERSATION @ConversationHandle MESSAGE TYPE @MessageType (@Marked);
            SET XACT_ABORT ON;
            SET @Capacity = @Capacity - 1;
            RETURN 0;
        END TRY
        BEGIN CATCH
            SET XACT_ABORT ON;
            SET @Attempt = @Attempt + 1;
            SET @Capacity = 0;
            IF ERROR_NUMBER() NOT IN (8426, 8427, 8429, 8462) OR XACT_STATE() = -1 OR @Attempt > 2
                THROW;
        END CATCH;
    END;
END;
