import type { DatabaseObject } from '@hartonomous/provenance-schema';
import { readColumn } from './column-declaration.ts';
import { type Facts, ownerFactName } from './facts.ts';
import { comparableModule } from './module-text.ts';
import { activationFact, activationText, declaredActivation } from './queue-activation.ts';
import { declaredTypeText } from './sql-type.ts';
import { StatementReader } from './statement-reader.ts';

/**
 * What an object's file declares, as far as a deployment compares it with the database.
 *
 * @param text the object's CREATE statement
 * @throws SqlScriptError for a statement of another form than the project's files have
 */
export function declaredFacts(object: DatabaseObject, text: string): Facts {
  const reader = StatementReader.of(text, object.path);
  switch (object.kind) {
    case 'user':
      return new Map();
    case 'role':
      return ownerFact(text, object.path);
    case 'messageType':
      reader.expect('CREATE', 'MESSAGE', 'TYPE');
      return new Map([
        ['validation', reader.seek('VALIDATION', '=') ? reader.name().toUpperCase() : 'NONE'],
        ...ownerFact(text, object.path),
      ]);
    case 'contract':
      return new Map([...contractFacts(reader), ...ownerFact(text, object.path)]);
    case 'queue':
      reader.expect('CREATE', 'QUEUE');
      return queueFacts(reader.rest(), object.path);
    case 'service':
      return new Map([...serviceFacts(reader), ...ownerFact(text, object.path)]);
    case 'sequence':
      reader.expect('CREATE', 'SEQUENCE');
      return sequenceFacts(reader.rest(), object.path);
    case 'tableType':
      reader.expect('CREATE', 'TYPE');
      reader.name();
      reader.expect('AS', 'TABLE');
      return tableFacts(reader);
    case 'table':
      reader.expect('CREATE', 'TABLE');
      reader.name();
      return tableFacts(reader);
    case 'procedure':
      return new Map([['definition', comparableModule(text, object.path)]]);
  }
}

/** Objects outside any schema belong to the user who creates them, unless AUTHORIZATION names another. */
function ownerFact(text: string, path: string): Facts {
  const reader = StatementReader.of(text, path);
  return new Map(reader.seek('AUTHORIZATION') ? [[ownerFactName, reader.name()]] : []);
}

function contractFacts(reader: StatementReader): Facts {
  reader.expect('CREATE', 'CONTRACT');
  reader.name();
  if (reader.accept('AUTHORIZATION')) reader.name();
  const facts = new Map<string, string>();
  for (const item of reader.list()) {
    const messageType = item.name();
    item.expect('SENT', 'BY');
    facts.set(`message type ${messageType}`, `sent by ${item.name().toLowerCase()}`);
  }
  return facts;
}

function queueFacts(text: string, path: string): Facts {
  const options = (...words: string[]) => {
    const reader = StatementReader.of(text, path);
    return reader.seek(...words) ? reader.name().toLowerCase() : undefined;
  };
  return new Map([
    ['retention', options('RETENTION', '=') ?? 'off'],
    ['poison message handling', options('POISON_MESSAGE_HANDLING', '(', 'STATUS', '=') ?? 'on'],
    [activationFact, activationText(declaredActivation(text, path))],
  ]);
}

function serviceFacts(reader: StatementReader): Facts {
  reader.expect('CREATE', 'SERVICE');
  reader.name();
  if (!reader.seek('ON', 'QUEUE')) throw reader.unexpected('ON QUEUE');
  const { schema = 'dbo', name } = reader.qualifiedName();
  const facts = new Map([['queue', `${schema}.${name}`]]);
  if (reader.peek()?.text === '(') {
    for (const contract of reader.list()) facts.set(`contract ${contract.name()}`, 'accepted');
  }
  return facts;
}

function sequenceFacts(text: string, path: string): Facts {
  const after = (...words: string[]) => {
    const reader = StatementReader.of(text, path);
    return reader.seek(...words) ? reader : undefined;
  };
  const increment = after('INCREMENT', 'BY');
  const sign = increment?.accept('-') === true ? '-' : '';
  const cycles = after('CYCLE') !== undefined && after('NO', 'CYCLE') === undefined;
  return new Map([
    ['type', declaredTypeText(after('AS')?.name() ?? 'bigint', [])],
    ['increment', increment === undefined ? '1' : sign + increment.next().text],
    ['cycle', cycles ? 'on' : 'off'],
  ]);
}

function tableFacts(reader: StatementReader): Facts {
  const facts = new Map<string, string>();
  for (const item of reader.list()) {
    if (item.accept('CONSTRAINT')) facts.set(`constraint ${item.name()}`, 'present');
    else if (item.accept('INDEX')) facts.set(`index ${item.name()}`, 'present');
    else if (!['PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'].some((word) => item.accept(word))) addColumn(item, facts);
  }
  return facts;
}

function addColumn(item: StatementReader, facts: Map<string, string>): void {
  const { name, type, isNullable, isIdentity, constraints } = readColumn(item);
  for (const constraint of constraints) facts.set(`constraint ${constraint}`, 'present');
  const words = [type, isNullable ? 'null' : 'not null', ...(isIdentity ? ['identity'] : [])];
  facts.set(`column ${name}`, type === null ? 'computed' : words.join(' '));
}
