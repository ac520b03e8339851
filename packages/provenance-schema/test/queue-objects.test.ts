import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { brokerUser, databaseProject, objectName, queues, workerQueues } from '../src/index.ts';

/** A file of the SQL project without comments, blanks made one. */
function sqlOf(path: string): string {
  const sql = readFileSync(new URL(path, databaseProject.root), 'utf8');
  return sql.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').trim();
}
const procedure = (qualified: string) => sqlOf(`Procedures/${objectName(qualified).name}.sql`);
const bracketed = (qualified: string) => `[${objectName(qualified).schema}].[${objectName(qualified).name}]`;
const postDeployment = sqlOf('Scripts/Post-Deployment/Script.PostDeployment.sql');

/** Columns that every table of dead letters has, before and after the queue's own. */
const columnsBefore = [
  'DeadLetterId',
  'DeadLetteredAt',
  'ReasonCode',
  'ReasonText',
  'MessageBody',
  'MessageTypeName',
  'ConversationHandle',
  'MessageSequenceNumber',
];
const columnsAfter = ['EnqueuedAt', 'ReceivedAt', 'ReplayState', 'ReplayCount', 'ReplayedAt'];
/** What the table fills in itself. */
const ofTheTable = new Set(['DeadLetterId', 'DeadLetteredAt', 'ReplayState', 'ReplayCount', 'ReplayedAt']);

describe.each(queues.map((queue) => [queue.queue, queue] as const))('%s', (name, { service, reader }) => {
  it('is created switched on and without retention, with its service', () => {
    const { name: file } = objectName(name);
    expect(sqlOf(`ServiceBroker/Queues/${file}.sql`)).toMatch(/WITH STATUS = ON, RETENTION = OFF,/);
    expect(sqlOf(`ServiceBroker/Services/${service}.sql`)).toContain(`ON QUEUE ${bracketed(name)}`);
  });

  it('is activated if a procedure reads it, and otherwise not', () => {
    const sql = sqlOf(`ServiceBroker/Queues/${objectName(name).name}.sql`);
    expect(sql.includes('ACTIVATION ( STATUS = ON')).toBe(reader.kind === 'procedure');
    // In the model only: SqlPackage would drop what a script adds, and the script would add it again, at every publish.
    expect(postDeployment).not.toContain('ACTIVATION');
    if (reader.kind === 'worker') return;
    expect(sql).toContain(`PROCEDURE_NAME = ${bracketed(reader.procedure)}`);
    expect(procedure(reader.procedure)).toContain(`FROM ${bracketed(name)}`);
  });
});

describe.each(workerQueues.map((queue) => [queue.name, queue] as const))('the queue %s', (_name, queue) => {
  const { messageType, contract, service, deadLetters, dialog } = queue;

  it('takes its message type on its contract', () => {
    expect(sqlOf(`ServiceBroker/MessageTypes/${messageType}.sql`)).toBe(
      `CREATE MESSAGE TYPE [${messageType}] AUTHORIZATION [${brokerUser}] VALIDATION = WELL_FORMED_XML;`,
    );
    expect(sqlOf(`ServiceBroker/Contracts/${contract}.sql`)).toBe(
      `CREATE CONTRACT [${contract}] AUTHORIZATION [${brokerUser}] ( [${messageType}] SENT BY INITIATOR );`,
    );
    expect(sqlOf(`ServiceBroker/Services/${service}.sql`)).toContain(`( [${contract}] );`);
  });

  it('keeps dead letters with its own fields, in the table and in the procedure', () => {
    const table = sqlOf(`Tables/${objectName(deadLetters.table).name}.sql`);
    const columns = [...table.matchAll(/\[(\w+)\] (?:BIGINT|INT|DATETIME2|NVARCHAR|VARBINARY|UNIQUEIDENTIFIER)/g)];
    const expected = [...columnsBefore, ...deadLetters.fields, ...columnsAfter];
    // Columns that a later version has brought are the last.
    expect(columns.map(([, column]) => column).toSorted()).toEqual(expected.toSorted());

    const sql = procedure(deadLetters.procedure);
    const written = expected.filter((column) => !ofTheTable.has(column));
    expect(sql).toContain(
      `INSERT INTO ${bracketed(deadLetters.table)} (${written.map((column) => `[${column}]`).join(', ')}) SELECT`,
    );
    const [, from] = /FROM OPENJSON\(@Entries\) WITH \((.*?)\) AS j;/.exec(sql) ?? [];
    const read = [...(from ?? '').matchAll(/\[(\w+)\] [^$]*?'\$\.(\w+)'/g)].map(([, column, json]) => [column, json]);
    expect(read).toEqual(written.map((column) => [column, `${column.charAt(0).toLowerCase()}${column.slice(1)}`]));
  });

  it('is sent to with its names and the limits of its dialogs, wherever that is done', () => {
    const senders = databaseProject.objects.filter(
      ({ kind, path }) => kind === 'procedure' && sqlOf(path).includes(`@ContractName = N'${contract}'`),
    );
    expect(senders).not.toHaveLength(0);
    for (const { path } of senders) {
      const calls = [...sqlOf(path).matchAll(/EXEC \[dbo\]\.\[sp_SendOnPooledDialog\] ([^;]*);/g)];
      expect(calls, path).not.toHaveLength(0);
      for (const [, parameters] of calls) {
        expect(parameters, path).toContain(
          `@ContractName = N'${contract}', @ToService = N'${service}', @MaxMessages = ${dialog.maxMessages}, ` +
            `@MaxAgeMinutes = ${dialog.maxAgeMinutes}, @MessageType = N'${messageType}', @Body = @Body`,
        );
      }
    }
    expect(procedure('dbo.sp_SendOnPooledDialog')).toContain(
      `@FromService NVARCHAR(128) = N'${queue.initiatorService}'`,
    );
  });

  it('lets workers receive, look and put away, and senders enqueue', () => {
    const granted = [
      `RECEIVE ON ${bracketed(queue.queue)} TO [HartonomousWorker]`,
      `SELECT ON ${bracketed(queue.queue)} TO [HartonomousWorker]`,
      `SELECT ON ${bracketed(deadLetters.table)} TO [HartonomousWorker]`,
      `EXECUTE ON ${bracketed(deadLetters.procedure)} TO [HartonomousWorker]`,
      `EXECUTE ON ${bracketed(deadLetters.purgeProcedure)} TO [HartonomousWorker]`,
      ...queue.enqueueProcedures.map((name) => `EXECUTE ON ${bracketed(name)} TO [HartonomousSender]`),
    ];
    for (const grant of granted) expect(postDeployment).toContain(`GRANT ${grant};`);
    // Dead letters are evidence: they go by the purge's rule only.
    expect(postDeployment).not.toMatch(/GRANT [^;]*\b(?:DELETE|CONTROL|ALTER)\b/);
  });
});
