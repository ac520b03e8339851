import type { QueueActivation, QueueStatement } from './ast/broker-statements.ts';
import type { DefinitionMode } from './broker-objects.ts';
import { skipOptionList, skipStorage } from './indexes.ts';
import { parseExecuteAsClause } from './modules.ts';
import { parseIdentifier, parseInteger, parseObjectName, parseOnOff } from './names.ts';
import type { TokenStream } from './token-stream.ts';

type QueueOptions = Pick<QueueStatement, 'status' | 'retention' | 'activation' | 'poisonMessageHandling'>;

/** `QUEUE name [WITH options]`, and for ALTER also REBUILD, REORGANIZE and MOVE TO. */
export function parseQueue(t: TokenStream, mode: DefinitionMode, line: number): QueueStatement {
  t.expect('QUEUE');
  const name = parseObjectName(t);
  if (mode === 'alter') {
    if (t.accept('MOVE')) {
      t.expect('TO');
      parseIdentifier(t);
      return { kind: 'queue', mode, name, maintenance: 'MOVE', line };
    }
    const maintenance = t.acceptOneOf('REBUILD', 'REORGANIZE');
    if (maintenance !== undefined) {
      if (t.accept('WITH')) skipOptionList(t);
      return { kind: 'queue', mode, name, maintenance, line };
    }
  }
  let options: QueueOptions = {};
  if (mode === 'alter' ? t.expect('WITH') : t.accept('WITH')) {
    do options = { ...options, ...parseQueueOption(t, mode) };
    while (t.accept(',') || startsQueueOption(t));
  }
  if (mode === 'create') skipStorage(t);
  return { kind: 'queue', mode, name, ...options, line };
}

/** The commas between options may be left out. */
function startsQueueOption(t: TokenStream): boolean {
  return ['STATUS', 'RETENTION', 'ACTIVATION', 'POISON_MESSAGE_HANDLING'].includes(t.current.key);
}

function parseQueueOption(t: TokenStream, mode: DefinitionMode): QueueOptions {
  switch (t.expectOneOf('STATUS', 'RETENTION', 'ACTIVATION', 'POISON_MESSAGE_HANDLING')) {
    case 'STATUS':
      t.expect('=');
      return { status: parseOnOff(t) };
    case 'RETENTION':
      t.expect('=');
      return { retention: parseOnOff(t) };
    case 'ACTIVATION':
      return { activation: parseActivation(t, mode) };
    case 'POISON_MESSAGE_HANDLING': {
      t.expect('(', 'STATUS', '=');
      const poisonMessageHandling = parseOnOff(t);
      t.expect(')');
      return { poisonMessageHandling };
    }
  }
}

function parseActivation(t: TokenStream, mode: DefinitionMode): QueueActivation | 'drop' {
  t.expect('(');
  if (mode === 'alter' && t.is('DROP')) {
    t.expect('DROP', ')');
    return 'drop';
  }
  let activation: QueueActivation = {};
  do activation = { ...activation, ...parseActivationOption(t) };
  while (t.accept(',') || !t.is(')'));
  t.expect(')');
  return activation;
}

function parseActivationOption(t: TokenStream): QueueActivation {
  if (t.is('EXECUTE') || t.is('EXEC')) return { executeAs: parseExecuteAsClause(t) };
  const option = t.expectOneOf('STATUS', 'PROCEDURE_NAME', 'MAX_QUEUE_READERS');
  t.expect('=');
  switch (option) {
    case 'STATUS':
      return { status: parseOnOff(t) };
    case 'PROCEDURE_NAME':
      return { procedure: parseObjectName(t) };
    case 'MAX_QUEUE_READERS':
      return { maxReaders: parseInteger(t) };
  }
}
