import type { SqlError } from '../../errors.ts';
import { unknownXQueryFunction } from './errors.ts';
import {
  effectiveBoolean,
  evaluateXQuery,
  isNode,
  itemNumber,
  itemText,
  type XQueryContext,
  type XQueryItem,
} from './xquery-evaluator.ts';
import type { XQueryExpression } from './xquery-expression.ts';

type Sequence = readonly XQueryItem[];
type XQueryFunction = (args: readonly Sequence[], context: XQueryContext) => Sequence;

const own = (args: readonly Sequence[], context: XQueryContext): Sequence => args[0] ?? [context.item];
const text = (args: readonly Sequence[], position: number): string => {
  const item = args[position]?.[0];
  return item === undefined ? '' : itemText(item);
};

function best(items: Sequence, better: (a: number, b: number) => boolean): Sequence {
  const numbers = items.map(itemNumber);
  const [first] = numbers;
  return first === undefined ? [] : [numbers.reduce((a, b) => (better(b, a) ? b : a), first)];
}

function substring(args: readonly Sequence[]): Sequence {
  const start = Math.round(itemNumber(args[1]?.[0] ?? 1));
  const length = args[2] === undefined ? Infinity : Math.round(itemNumber(args[2][0] ?? 0));
  const characters = [...text(args, 0)];
  return [characters.filter((_, index) => index + 1 >= start && index + 1 < start + length).join('')];
}

const functions = new Map<string, XQueryFunction>([
  ['count', (args) => [args[0]?.length ?? 0]],
  ['string', (args, context) => [text([own(args, context)], 0)]],
  ['data', (args) => (args[0] ?? []).map((item) => (isNode(item) ? itemText(item) : item))],
  ['number', (args, context) => [itemNumber(own(args, context)[0] ?? '')]],
  ['not', (args) => [!effectiveBoolean(args[0] ?? [])]],
  ['boolean', (args) => [effectiveBoolean(args[0] ?? [])]],
  ['true', () => [true]],
  ['false', () => [false]],
  ['empty', (args) => [(args[0]?.length ?? 0) === 0]],
  ['position', (_, context) => [context.position]],
  ['last', (_, context) => [context.size]],
  ['concat', (args) => [args.map((_, position) => text(args, position)).join('')]],
  ['contains', (args) => [text(args, 0).includes(text(args, 1))]],
  ['string-length', (args, context) => [[...text([own(args, context)], 0)].length]],
  ['substring', substring],
  ['upper-case', (args) => [text(args, 0).toUpperCase()]],
  ['lower-case', (args) => [text(args, 0).toLowerCase()]],
  ['local-name', (args, context) => [nameOf(own(args, context)[0], 'localName')]],
  ['namespace-uri', (args, context) => [nameOf(own(args, context)[0], 'namespace')]],
  ['sum', (args) => [(args[0] ?? []).reduce<number>((sum, item) => sum + itemNumber(item), 0)]],
  [
    'avg',
    (args) => {
      const items = args[0] ?? [];
      return items.length === 0 ? [] : [items.reduce<number>((sum, item) => sum + itemNumber(item), 0) / items.length];
    },
  ],
  ['min', (args) => best(args[0] ?? [], (a, b) => a < b)],
  ['max', (args) => best(args[0] ?? [], (a, b) => a > b)],
  ['round', (args) => (args[0] ?? []).map((item) => Math.round(itemNumber(item)))],
  ['floor', (args) => (args[0] ?? []).map((item) => Math.floor(itemNumber(item)))],
  ['ceiling', (args) => (args[0] ?? []).map((item) => Math.ceil(itemNumber(item)))],
  ['distinct-values', (args) => [...new Set((args[0] ?? []).map((item) => (isNode(item) ? itemText(item) : item)))]],
  ['xs:string', (args) => (args[0] ?? []).map(itemText)],
  ['xs:integer', (args) => (args[0] ?? []).map((item) => Math.trunc(itemNumber(item)))],
  ['xs:int', (args) => (args[0] ?? []).map((item) => Math.trunc(itemNumber(item)))],
  ['xs:decimal', (args) => (args[0] ?? []).map(itemNumber)],
  ['xs:double', (args) => (args[0] ?? []).map(itemNumber)],
  ['xs:boolean', (args) => (args[0] ?? []).map((item) => ['true', '1'].includes(itemText(item).trim()))],
  ['sql:variable', (args, context) => external('variable', args, context)],
  ['sql:column', (args, context) => external('column', args, context)],
]);

function external(kind: 'variable' | 'column', args: readonly Sequence[], context: XQueryContext): Sequence {
  const value = context.external(kind, text(args, 0));
  return value === null ? [] : [value];
}

function nameOf(item: XQueryItem | undefined, part: 'localName' | 'namespace'): string {
  if (item === undefined || !isNode(item)) return '';
  return item.kind === 'element' || item.kind === 'attribute' ? item[part] : '';
}

/** Calls a function of XQuery. @throws {SqlError} 2395 when there is none of that name */
export function callXQueryFunction(
  name: string,
  args: readonly XQueryExpression[],
  context: XQueryContext,
): readonly XQueryItem[] {
  const found = functions.get(name);
  if (found === undefined) throw unknownFunction(name);
  return found(
    args.map((argument) => evaluateXQuery(argument, context)),
    context,
  );
}

/** Error 2395. */
function unknownFunction(name: string): SqlError {
  const colon = name.indexOf(':');
  const shown = colon === -1 ? `{http://www.w3.org/2004/07/xpath-functions}:${name}` : name;
  return unknownXQueryFunction(shown);
}
