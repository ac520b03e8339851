import { startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { type BrokerClient, type BrokerOptions, connectBroker } from '../src/index.ts';

/** Password of the test server's administrator; the server listens on loopback and lives for one test file. */
const saPassword = 'Broker-client!1';

/** A server with one empty database of its own. */
export interface TestDatabase extends AsyncDisposable {
  readonly client: BrokerClient;
  readonly port: number;
  /** Connects once more; the options override those of the test database. */
  connect(sql?: Partial<BrokerOptions['sql']>, options?: Omit<BrokerOptions, 'sql'>): Promise<BrokerClient>;
}

/** Starts a server on a free port and creates the database with the objects of {@link brokerObjects}. */
export async function startTestDatabase(): Promise<TestDatabase> {
  await using cleanup = new AsyncDisposableStack();
  const emulator = await startServiceBrokerEmulator({
    port: 0,
    data: ':memory:',
    saPassword,
    readCommittedSnapshot: readCommittedSnapshotUnderTest(),
  });
  cleanup.use(emulator);
  const sql = {
    server: '127.0.0.1',
    port: emulator.port,
    user: 'sa',
    password: saPassword,
    options: { encrypt: true, trustServerCertificate: true },
  };
  {
    await using administrator = await connectBroker({ sql: { ...sql, database: 'master' } });
    await administrator.run('CREATE DATABASE [BrokerClientTest];');
  }
  const connect: TestDatabase['connect'] = (overrides = {}, options = {}) =>
    connectBroker({ ...options, sql: { ...sql, database: 'BrokerClientTest', ...overrides } });
  const client = await connect();
  cleanup.use(client);
  for (const statement of brokerObjects) await client.run(statement);
  const disposables = cleanup.move();
  return { client, port: emulator.port, connect, [Symbol.asyncDispose]: () => disposables.disposeAsync() };
}

/** Queue of the targets, with poison message handling off so that tests may roll back as often as they like. */
export const targetQueue = 'dbo.TargetQueue';
/** Queue of the initiators. */
export const initiatorQueue = 'dbo.InitiatorQueue';
/** Where messages of failed batches wait. */
export const retryTarget = {
  table: 'dbo.MessageRetry',
  putProcedure: 'dbo.sp_PutMessageRetries',
  takeProcedure: 'dbo.sp_TakeMessageRetries',
} as const;
/** The dialog that tests use. */
export const dialog = {
  fromService: 'InitiatorService',
  toService: 'TargetService',
  contract: 'TestContract',
} as const;

const brokerObjects = [
  'CREATE MESSAGE TYPE [Request] VALIDATION = NONE;',
  'CREATE MESSAGE TYPE [Reply] VALIDATION = NONE;',
  'CREATE MESSAGE TYPE [Ping] VALIDATION = EMPTY;',
  'CREATE CONTRACT [TestContract] ([Request] SENT BY INITIATOR, [Ping] SENT BY INITIATOR, [Reply] SENT BY TARGET);',
  'CREATE QUEUE [dbo].[TargetQueue] WITH STATUS = ON, RETENTION = OFF, POISON_MESSAGE_HANDLING (STATUS = OFF);',
  'CREATE QUEUE [dbo].[InitiatorQueue] WITH STATUS = ON, RETENTION = OFF, POISON_MESSAGE_HANDLING (STATUS = OFF);',
  'CREATE SERVICE [TargetService] ON QUEUE [dbo].[TargetQueue] ([TestContract]);',
  'CREATE SERVICE [InitiatorService] ON QUEUE [dbo].[InitiatorQueue];',
  'CREATE TABLE [dbo].[DeadLetter] ([Id] BIGINT IDENTITY (1, 1) NOT NULL PRIMARY KEY, [ReasonCode] NVARCHAR(64) NOT NULL, [Body] VARBINARY(MAX) NULL, [ConversationHandle] UNIQUEIDENTIFIER NULL);',
  `CREATE PROCEDURE [dbo].[sp_DeadLetter] @Entries NVARCHAR(MAX) AS
   BEGIN
     SET NOCOUNT ON;
     INSERT INTO [dbo].[DeadLetter] ([ReasonCode], [Body], [ConversationHandle])
     SELECT j.[ReasonCode], CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[ConversationHandle]
     FROM OPENJSON(@Entries) WITH ([ReasonCode] NVARCHAR(64) '$.reasonCode', [MessageBody] NVARCHAR(MAX) '$.messageBody',
       [ConversationHandle] UNIQUEIDENTIFIER '$.conversationHandle') AS j;
   END;`,
  `CREATE TABLE [dbo].[MessageRetry] (
     [MessageRetryId] BIGINT IDENTITY (1, 1) NOT NULL PRIMARY KEY, [QueueName] NVARCHAR(257) NOT NULL, [DueAt] DATETIME2(7) NOT NULL,
     [Attempts] INT NOT NULL, [ReasonCode] NVARCHAR(64) NOT NULL, [ReasonText] NVARCHAR(4000) NOT NULL, [MessageBody] VARBINARY(MAX) NULL,
     [MessageTypeName] NVARCHAR(256) NOT NULL, [ContractName] NVARCHAR(256) NULL, [ServiceName] NVARCHAR(512) NOT NULL,
     [ConversationHandle] UNIQUEIDENTIFIER NOT NULL, [ConversationGroupId] UNIQUEIDENTIFIER NOT NULL,
     [MessageSequenceNumber] BIGINT NOT NULL, [QueuingOrder] BIGINT NOT NULL, [EnqueuedAt] DATETIME2(7) NULL);`,
  `CREATE PROCEDURE [dbo].[sp_PutMessageRetries] @QueueName NVARCHAR(257), @Entries NVARCHAR(MAX) AS
   BEGIN
     SET NOCOUNT ON;
     INSERT INTO [dbo].[MessageRetry]
     SELECT @QueueName, DATEADD(MILLISECOND, j.[DelayMs], SYSUTCDATETIME()), j.[Attempts], j.[ReasonCode], LEFT(j.[ReasonText], 4000),
       CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName], j.[ContractName], j.[ServiceName], j.[ConversationHandle],
       j.[ConversationGroupId], j.[MessageSequenceNumber], j.[QueuingOrder], j.[EnqueuedAt]
     FROM OPENJSON(@Entries) WITH (
       [DelayMs] INT '$.delayMs', [Attempts] INT '$.attempts', [ReasonCode] NVARCHAR(64) '$.reasonCode',
       [ReasonText] NVARCHAR(MAX) '$.reasonText', [MessageBody] NVARCHAR(MAX) '$.messageBody',
       [MessageTypeName] NVARCHAR(256) '$.messageTypeName', [ContractName] NVARCHAR(256) '$.contractName',
       [ServiceName] NVARCHAR(512) '$.serviceName', [ConversationHandle] UNIQUEIDENTIFIER '$.conversationHandle',
       [ConversationGroupId] UNIQUEIDENTIFIER '$.conversationGroupId', [MessageSequenceNumber] BIGINT '$.messageSequenceNumber',
       [QueuingOrder] BIGINT '$.queuingOrder', [EnqueuedAt] DATETIME2(7) '$.enqueuedAt') AS j;
   END;`,
  `CREATE PROCEDURE [dbo].[sp_TakeMessageRetries] @QueueName NVARCHAR(257), @Count INT, @MaxSharedAttempts INT AS
   BEGIN
     SET NOCOUNT ON;
     IF (SELECT TOP (1) r.[Attempts] FROM [dbo].[MessageRetry] AS r WITH (READPAST, READCOMMITTEDLOCK)
         WHERE r.[QueueName] = @QueueName AND r.[DueAt] <= SYSUTCDATETIME() ORDER BY r.[DueAt], r.[MessageRetryId]) > @MaxSharedAttempts
       SET @Count = 1;
     WITH [Due] AS (
       SELECT TOP (@Count) r.* FROM [dbo].[MessageRetry] AS r WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
       WHERE r.[QueueName] = @QueueName AND r.[DueAt] <= SYSUTCDATETIME() AND (@Count = 1 OR r.[Attempts] <= @MaxSharedAttempts)
       ORDER BY r.[DueAt], r.[MessageRetryId])
     DELETE FROM [Due] OUTPUT deleted.*;
   END;`,
  'CREATE TYPE [dbo].[TextList] AS TABLE ([Id] BIGINT NOT NULL, [Text] NVARCHAR(100) NOT NULL);',
  `CREATE PROCEDURE [dbo].[sp_Enqueue] @Text NVARCHAR(100) AS
   BEGIN
     SET NOCOUNT ON;
     DECLARE @Handle UNIQUEIDENTIFIER;
     BEGIN DIALOG CONVERSATION @Handle FROM SERVICE [InitiatorService] TO SERVICE N'TargetService' ON CONTRACT [TestContract] WITH ENCRYPTION = OFF;
     SEND ON CONVERSATION @Handle MESSAGE TYPE [Request] (@Text);
   END;`,
  `CREATE PROCEDURE [dbo].[sp_EnqueueList] @Texts [dbo].[TextList] READONLY AS
   BEGIN
     SET NOCOUNT ON;
     DECLARE @Id BIGINT = 0, @Text NVARCHAR(100);
     WHILE 1 = 1
     BEGIN
       SELECT TOP (1) @Id = t.[Id], @Text = t.[Text] FROM @Texts AS t WHERE t.[Id] > @Id ORDER BY t.[Id];
       IF @@ROWCOUNT = 0 BREAK;
       EXEC [dbo].[sp_Enqueue] @Text = @Text;
     END;
   END;`,
  `CREATE PROCEDURE [dbo].[sp_Doom] AS BEGIN SET XACT_ABORT ON; THROW 50124, N'dooms the transaction', 1; END;`,
  `CREATE PROCEDURE [dbo].[sp_Fail] AS THROW 50123, N'refused on purpose', 1;`,
] as const;
