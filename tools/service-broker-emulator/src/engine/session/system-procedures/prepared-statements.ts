import type { ParameterDefinition } from '../../../tsql/ast/modules.ts';
import { parseParameterDeclarations } from '../../../tsql/parse.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { convertValue } from '../../types/convert.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import type { Interpreter } from '../interpreter.ts';
import { ModuleFrame } from '../module-frame.ts';
import { type CallArgument, type CallResult, declarationsOf, runModule } from '../procedure-call.ts';
import { argumentAt, done, integerAt, requiredText, textAt } from './call-arguments.ts';
import { missingParameter, notAStatementParameter, preparedStatementNotFound, statementNotText } from './errors.ts';
import type { SystemProcedure } from './system-procedure.ts';

const parsedParameters = new Map<string, readonly ParameterDefinition[]>();

/** Parameter lists kept parsed; one entry takes a few hundred bytes. */
const maximumParameterLists = 2_000;

function parametersOf(text: string): readonly ParameterDefinition[] {
  const known = parsedParameters.get(text);
  if (known !== undefined) return known;
  const parsed = text.trim() === '' ? [] : parseParameterDeclarations(text);
  if (parsedParameters.size >= maximumParameterLists) parsedParameters.clear();
  parsedParameters.set(text, parsed);
  return parsed;
}

/** Runs a parameterised text: the body of sp_executesql and sp_execute. */
async function runParameterised(
  run: Interpreter,
  text: string,
  parameterText: string,
  values: readonly CallArgument[],
  outer: ModuleFrame | undefined,
): Promise<CallResult> {
  const { session } = run;
  const parameters = parametersOf(parameterText);
  const batch = session.parse(text, parameterText);
  const { defaultSchema } = session;
  const declarations = declarationsOf(session, parameters, batch.statements, defaultSchema);
  const frame = new ModuleFrame({
    procedure: '',
    moduleId: 0,
    declarations,
    defaultSchema,
    outer,
    // A call over the wire has no batch around it, but what it sets and its temp tables end with it all the same.
    ...(outer === undefined ? { nestLevel: 1 } : {}),
  });
  for (const [position, parameter] of parameters.entries()) {
    const key = nameKey(parameter.name);
    const argument = argumentAt(values, position, parameter.name);
    const variable = frame.variables.get(key);
    if (variable === undefined) {
      if (argument?.table !== undefined) frame.tableVariables.set(key, argument.table);
      continue;
    }
    if (argument === undefined || argument.useDefault) {
      throw missingParameter(parameterText, text, parameter.name);
    }
    variable.value = convertValue(argument.value, argument.type, variable.type, {
      explicit: false,
      dates: session.options.dates,
    });
  }
  for (const argument of values) {
    if (argument.name !== '' && !parameters.some((parameter) => nameKey(parameter.name) === nameKey(argument.name))) {
      throw notAStatementParameter(argument.name);
    }
  }
  await runModule(run, batch.statements, frame);
  return { status: run.session.statement.error, outputs: frame.variables };
}

function withoutNames(values: readonly CallArgument[], names: readonly string[]): CallArgument[] {
  return values.filter((value, position) => {
    if (value.name === '') return position >= names.length;
    return !names.includes(nameKey(value.name));
  });
}

function prepare(run: Interpreter, text: string, parameters: string): number {
  run.session.parse(text, parameters);
  return run.session.prepared.add({ text, parameters });
}

function handleOutput(handle: number, name: string, rest: CallResult = done): CallResult {
  const outputs = new Map(rest.outputs);
  return {
    status: 0,
    outputs: new Map([[nameKey(name), { type: { name: 'int' as const }, value: handle }], ...outputs]),
  };
}

export const preparedStatementProcedures: readonly SystemProcedure[] = [
  {
    name: 'sp_executesql',
    async call(run, values, outer) {
      const statementArgument = argumentAt(values, 0, '@stmt') ?? argumentAt(values, 0, '@statement');
      // A text that is NULL is nothing to run.
      if (statementArgument?.value === null && !statementArgument.useDefault) return done;
      const text = requiredText(
        statementArgument === undefined ? [] : [{ ...statementArgument, name: '' }],
        0,
        '@stmt',
        'sp_executesql',
      );
      if (statementArgument !== undefined && !/^n(var)?char$|^ntext$/.test(statementArgument.type.name)) {
        throw statementNotText();
      }
      const parameterText = textAt(values, 1, '@params') ?? textAt(values, 1, '@parameters') ?? '';
      const rest = values.filter((value, position) =>
        value.name === '' ? position >= 2 : !/^@(stmt|statement|params|parameters)$/i.test(value.name),
      );
      const result = await runParameterised(run, text, parameterText, rest, outer);
      // The wire asks for outputs by position in the whole call: statement and declarations come first.
      return {
        status: result.status,
        outputs: new Map([
          ['@stmt', { type: { name: 'int' }, value: null }],
          ['@params', { type: { name: 'int' }, value: null }],
          ...result.outputs,
        ]),
      };
    },
  },
  {
    name: 'sp_prepare',
    call(run, values) {
      const parameters = textAt(values, 1, '@params') ?? '';
      const handle = prepare(run, requiredText(values, 2, '@stmt', 'sp_prepare'), parameters);
      return handleOutput(handle, values[0]?.name === '' ? '@handle' : (values[0]?.name ?? '@handle'));
    },
  },
  {
    name: 'sp_execute',
    async call(run, values, outer) {
      const handle = integerAt(values, 0, '@handle');
      const prepared = handle === undefined ? undefined : run.session.prepared.get(handle);
      if (prepared === undefined) throw preparedStatementNotFound(handle ?? 0);
      const result = await runParameterised(
        run,
        prepared.text,
        prepared.parameters,
        withoutNames(values, ['@handle']),
        outer,
      );
      return {
        status: result.status,
        outputs: new Map([['@handle', { type: { name: 'int' }, value: handle ?? null }], ...result.outputs]),
      };
    },
  },
  {
    name: 'sp_prepexec',
    async call(run, values, outer) {
      const previous = integerAt(values, 0, '@handle');
      if (previous !== undefined) run.session.prepared.delete(previous);
      const parameters = textAt(values, 1, '@params') ?? '';
      const text = requiredText(values, 2, '@stmt', 'sp_prepexec');
      const handle = prepare(run, text, parameters);
      const rest = withoutNames(values, ['@handle', '@params', '@stmt']);
      const result = await runParameterised(run, text, parameters, rest, outer);
      const outputs = new Map(result.outputs);
      const blank: { readonly type: SqlType; readonly value: SqlValue } = { type: { name: 'int' }, value: null };
      return handleOutput(handle, '@handle', {
        status: 0,
        outputs: new Map([['@params', blank], ['@stmt', blank], ...outputs]),
      });
    },
  },
  {
    name: 'sp_unprepare',
    call(run, values) {
      const handle = integerAt(values, 0, '@handle');
      if (handle === undefined || !run.session.prepared.delete(handle)) {
        throw preparedStatementNotFound(handle ?? 0);
      }
      return done;
    },
  },
];
