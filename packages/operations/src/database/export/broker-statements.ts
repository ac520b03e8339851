import { quoteName } from '@hartonomous/broker-client';
import { activatedProcedure } from '../queue-activation.ts';
import type { ExportRow } from './export-queries.ts';

/** ` AUTHORIZATION [name]`; nothing where the login may not see the owner. */
export function authorization(owner: string | null): string {
  return owner === null ? '' : ` AUTHORIZATION ${quoteName(owner)}`;
}

export function messageTypeStatement({ name, owner, validation }: ExportRow<'messageTypes'>): string {
  const how = { N: 'NONE', E: 'EMPTY', X: 'WELL_FORMED_XML' }[validation];
  return `CREATE MESSAGE TYPE ${quoteName(name)}${authorization(owner)} VALIDATION = ${how};\n`;
}

/** @param usages rows of one contract */
export function contractStatement(name: string, usages: readonly ExportRow<'contracts'>[]): string {
  const items = usages.map(({ messageType, byInitiator, byTarget }) => {
    const sender = byInitiator && byTarget ? 'ANY' : byInitiator ? 'INITIATOR' : 'TARGET';
    return `${quoteName(messageType)} SENT BY ${sender}`;
  });
  const owner = authorization(usages[0]?.owner ?? null);
  return `CREATE CONTRACT ${quoteName(name)}${owner} (\n    ${items.join(',\n    ')}\n);\n`;
}

export function queueStatement(queue: ExportRow<'queues'>): string {
  const { schema, name, status, retention, poison, activation, procedure, maxReaders, executeAs } = queue;
  const options = [`STATUS = ${onOff(status)}`, `RETENTION = ${onOff(retention)}`];
  if (procedure !== null) {
    const called = activatedProcedure(procedure).split('.').map(quoteName).join('.');
    options.push(
      `ACTIVATION (STATUS = ${onOff(activation)}, PROCEDURE_NAME = ${called}, MAX_QUEUE_READERS = ${maxReaders ?? 0}, ` +
        `EXECUTE AS ${executeAs ?? 'OWNER'})`,
    );
  }
  options.push(`POISON_MESSAGE_HANDLING (STATUS = ${onOff(poison)})`);
  return `CREATE QUEUE ${quoteName(schema)}.${quoteName(name)}\n    WITH ${options.join(',\n         ')};\n`;
}

/** @param usages rows of one service */
export function serviceStatement(name: string, usages: readonly ExportRow<'services'>[]): string {
  const [first] = usages;
  if (first === undefined) return '';
  const contracts = usages.flatMap(({ contract }) => (contract === null ? [] : [quoteName(contract)]));
  const accepted = contracts.length === 0 ? '' : ` (\n    ${contracts.join(',\n    ')}\n)`;
  const queue = `${quoteName(first.queueSchema)}.${quoteName(first.queue)}`;
  return `CREATE SERVICE ${quoteName(name)}${authorization(first.owner)}\n    ON QUEUE ${queue}${accepted};\n`;
}

const ranges: Readonly<Record<string, readonly [string, string]>> = {
  bigint: ['-9223372036854775808', '9223372036854775807'],
  int: ['-2147483648', '2147483647'],
  smallint: ['-32768', '32767'],
  tinyint: ['0', '255'],
};

export function sequenceStatement(sequence: ExportRow<'sequences'>): string {
  const { schema, name, type, start, increment, minimum, maximum, cycle, cached, cacheSize } = sequence;
  const [least, greatest] = ranges[type] ?? [];
  const cache = cached ? `CACHE${cacheSize === null ? '' : ` ${cacheSize}`}` : 'NO CACHE';
  const parts = [
    `CREATE SEQUENCE ${quoteName(schema)}.${quoteName(name)}`,
    `AS ${type.toUpperCase()}`,
    `START WITH ${start}`,
    `INCREMENT BY ${increment}`,
    ...(minimum === least ? [] : [`MINVALUE ${minimum}`]),
    ...(maximum === greatest ? [] : [`MAXVALUE ${maximum}`]),
    cycle ? 'CYCLE' : 'NO CYCLE',
    cache,
  ];
  return `${parts.join('\n    ')};\n`;
}

function onOff(value: boolean): string {
  return value ? 'ON' : 'OFF';
}
