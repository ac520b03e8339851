import type { Expression, FunctionCall, Literal, Predicate } from '../../tsql/ast/expressions.ts';
import type { TypeReference } from '../../tsql/ast/nodes.ts';
import { parseBuiltInType } from '../types/format-type.ts';

/** A form whose rewriting by SQL Server isn't known: the catalog keeps the text as it was written. */
class UnknownForm extends Error {
  readonly code = 'UNKNOWN_FORM';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** A name in brackets. */
function bracketed(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function literal(node: Literal): string {
  switch (node.type) {
    case 'null':
      return 'NULL';
    case 'integer':
      return `(${node.text})`;
    case 'decimal':
      // How a number without digits on one side of its point is shown is not known.
      if (!/^\d+\.\d+$/.test(node.text)) throw new UnknownForm();
      return `(${node.text})`;
    case 'string':
      return `${node.unicode ? 'N' : ''}${quoted(node.value)}`;
    default:
      throw new UnknownForm();
  }
}

function negative(node: Literal): string {
  if (node.type !== 'integer' && node.type !== 'decimal') throw new UnknownForm();
  return literal(node).replace('(', '(-');
}

/** Parts of a date, by every name that T-SQL has for them. */
const dateParts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    year: 'yy yyyy',
    quarter: 'qq q',
    month: 'mm m',
    dayofyear: 'dy y',
    day: 'dd d',
    week: 'wk ww',
    weekday: 'dw',
    hour: 'hh',
    minute: 'mi n',
    second: 'ss s',
    millisecond: 'ms',
    microsecond: 'mcs',
    nanosecond: 'ns',
  }).flatMap(([part, short]) => [part, ...short.split(' ')].map((name) => [name, part])),
);

/** Functions whose first argument is a part of a date. */
const datePartFirst: ReadonlySet<string> = new Set(['dateadd', 'datediff', 'datediff_big', 'datename', 'datepart']);

/** Functions that stand for a part of a date. */
const namedParts: ReadonlySet<string> = new Set(['year', 'month', 'day']);

/** Functions written without parentheses, by what the catalog calls them. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['current_timestamp', 'getdate()'],
  ['user', 'user_name()'],
  ['current_user', 'user_name()'],
  ['session_user', 'user_name()'],
  ['system_user', 'suser_sname()'],
]);

/** Functions that SQL Server may write otherwise; how isn't known. */
const unknownFunctions: ReadonlySet<string> = new Set(
  'choose coalesce date_bucket datetrunc greatest least nullif trim'.split(' '),
);

function datePart(argument: Expression | undefined): string {
  const part = argument?.kind === 'column' && argument.parts.length === 1 ? argument.parts[0] : undefined;
  const found = part === undefined ? undefined : dateParts.get(part.toLowerCase());
  if (found === undefined) throw new UnknownForm();
  return found;
}

function call(node: FunctionCall): string {
  const { name, arguments: values } = node;
  if (node.star || node.distinct || node.over !== undefined || node.withinGroup !== undefined) throw new UnknownForm();
  if (name.database !== undefined || name.server !== undefined) throw new UnknownForm();
  if (name.schema !== undefined) {
    return `${bracketed(name.schema)}.${bracketed(name.name)}(${values.map(expression).join(',')})`;
  }
  const key = name.name.toLowerCase();
  if (unknownFunctions.has(key)) throw new UnknownForm();
  const otherName = renamed.get(key);
  if (otherName !== undefined) return otherName;
  if (namedParts.has(key)) return `datepart(${key},${values.map(expression).join(',')})`;
  if (!datePartFirst.has(key)) return `${key}(${values.map(expression).join(',')})`;
  const [part, ...rest] = values;
  return `${key}(${[datePart(part), ...rest.map(expression)].join(',')})`;
}

/** Types that may be written without their size, which the catalog then shows or leaves out. */
const sized: ReadonlySet<string> = new Set(
  'binary char datetime2 datetimeoffset decimal float nchar numeric nvarchar time varbinary varchar'.split(' '),
);

function typeText({ name, parameters }: TypeReference): string {
  const key = name.name.toLowerCase();
  if (name.schema !== undefined || parseBuiltInType(name.name, parameters) === undefined) throw new UnknownForm();
  if (parameters.length > 0) return `${bracketed(key)}(${parameters.join(',')})`;
  if (sized.has(key)) throw new UnknownForm();
  return bracketed(key);
}

/** An operand: an operation inside an operation has parentheses, whatever their precedence. */
function operand(node: Expression): string {
  if (node.kind === 'case' || node.kind === 'iif') throw new UnknownForm();
  const text = expression(node);
  if (node.kind === 'unary' && !text.startsWith('(')) throw new UnknownForm();
  return node.kind === 'binary' ? `(${text})` : text;
}

function expression(node: Expression): string {
  switch (node.kind) {
    case 'literal':
      return literal(node);
    case 'function':
      return call(node);
    case 'column': {
      const [name, ...more] = node.parts;
      if (name === undefined || more.length > 0) throw new UnknownForm();
      return bracketed(name);
    }
    case 'unary':
      if (node.operator === '-' && node.operand.kind === 'literal') return negative(node.operand);
      if (node.operator === '+') throw new UnknownForm();
      return `${node.operator}${operand(node.operand)}`;
    case 'binary':
      return `${operand(node.left)}${node.operator}${operand(node.right)}`;
    case 'cast':
      if (node.tolerant) throw new UnknownForm();
      return `CONVERT(${typeText(node.type)},${expression(node.operand)})`;
    case 'convert': {
      const style = node.style === undefined ? '' : `,${expression(node.style)}`;
      return `${node.tolerant ? 'TRY_CONVERT' : 'CONVERT'}(${typeText(node.type)},${expression(node.operand)}${style})`;
    }
    case 'case': {
      const head = node.operand === undefined ? 'case' : `case ${expression(node.operand)}`;
      const branches = node.branches.map(({ when, then }) => {
        const condition = node.operand === undefined ? predicate(when as Predicate) : expression(when as Expression);
        return ` when ${condition} then ${expression(then)}`;
      });
      const otherwise = node.otherwise === undefined ? '' : ` else ${expression(node.otherwise)}`;
      return `${head}${branches.join('')}${otherwise} end`;
    }
    case 'iif':
      return `case when ${predicate(node.condition)} then ${expression(node.then)} else ${expression(node.otherwise)} end`;
    case 'nextValueFor': {
      const { schema, name, database } = node.sequence;
      if (schema === undefined || database !== undefined || node.over !== undefined) throw new UnknownForm();
      return `NEXT VALUE FOR ${bracketed(schema)}.${bracketed(name)}`;
    }
    default:
      throw new UnknownForm();
  }
}

/** A part of AND or OR: what binds less, and what was grouped on the right, has parentheses. */
function term(node: Predicate, within: 'and' | 'or', side: 'left' | 'right'): string {
  const text = predicate(node);
  const kind = joinOf(node);
  if (kind === undefined) return text;
  const bindsLess = within === 'and' && kind === 'or';
  return bindsLess || (side === 'right' && kind === within) ? `(${text})` : text;
}

/** What a condition becomes that SQL Server takes apart: BETWEEN two comparisons with AND, IN some with OR. */
function joinOf(node: Predicate): 'and' | 'or' | undefined {
  if (node.kind === 'and' || node.kind === 'or') return node.kind;
  if (node.kind === 'between') return 'and';
  return node.kind === 'in' && node.list.length > 1 ? 'or' : undefined;
}

function predicate(node: Predicate): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `${term(node.left, node.kind, 'left')} ${node.kind.toUpperCase()} ${term(node.right, node.kind, 'right')}`;
    case 'not': {
      const text = predicate(node.operand);
      return `NOT ${joinOf(node.operand) === undefined ? text : `(${text})`}`;
    }
    case 'comparison':
      return `${operand(node.left)}${node.operator}${operand(node.right)}`;
    case 'isNull':
      return `${operand(node.operand)} IS ${node.negated ? 'NOT ' : ''}NULL`;
    case 'between': {
      if (node.negated) throw new UnknownForm();
      const tested = operand(node.operand);
      return `${tested}>=${operand(node.low)} AND ${tested}<=${operand(node.high)}`;
    }
    case 'in': {
      if (node.negated) throw new UnknownForm();
      const tested = operand(node.operand);
      return node.list
        .toReversed()
        .map((value) => `${tested}=${operand(value)}`)
        .join(' OR ');
    }
    case 'like': {
      const escaped = node.escape === undefined ? '' : ` escape ${expression(node.escape)}`;
      return `${node.negated ? 'NOT ' : ''}${operand(node.operand)} like ${operand(node.pattern)}${escaped}`;
    }
    default:
      throw new UnknownForm();
  }
}

function known<Node>(write: (node: Node) => string, node: Node): string | undefined {
  try {
    return write(node);
  } catch (error) {
    if (error instanceof UnknownForm) return undefined;
    throw error;
  }
}

/**
 * The text of an expression as SQL Server's catalog shows it: rewritten from what it has parsed, with names in brackets,
 * numbers in parentheses and functions in lower case. Source: the sample databases that Microsoft publishes with their
 * scripts, which show both forms.
 *
 * @returns undefined where the expression has a part whose rewriting isn't known
 */
export function expressionText(node: Expression): string | undefined {
  return known(expression, node);
}

/** The same for a condition: of a CHECK constraint or a filtered index. */
export function predicateText(node: Predicate): string | undefined {
  return known(predicate, node);
}
