import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type { QuerySpecification } from './ast/queries.ts';
import { tooManyGroupingSets } from './errors.ts';
import { parseExpression } from './expressions.ts';
import type { TokenStream } from './token-stream.ts';

/** Most groupings of one query. */
const maximumSets = 4096;

/** Groupings, each the places of its expressions in the list of all of them. */
type Sets = readonly (readonly number[])[];

/** What GROUP BY says: the expressions, and the groupings where there are several. */
type GroupBy = Pick<QuerySpecification, 'groupBy' | 'groupingSets'>;

/** Expressions of GROUP BY, in the order in which they are written. */
class GroupingReader {
  readonly expressions: Expression[] = [];
  readonly #t: TokenStream;

  constructor(t: TokenStream) {
    this.#t = t;
  }

  /** An element of GROUP BY or GROUPING SETS: an expression, ROLLUP, CUBE or GROUPING SETS. */
  element(isSet: boolean): Sets {
    const t = this.#t;
    const { line } = t;
    if (t.is('ROLLUP') && t.peek(1).key === '(') {
      t.advance();
      return rollup(this.#composites());
    }
    if (t.is('CUBE') && t.peek(1).key === '(') {
      t.advance();
      return cube(this.#composites(), line);
    }
    if (t.acceptAll('GROUPING', 'SETS')) return t.parenthesized(() => this.element(true)).flat();
    if (t.is('(') && t.peek(1).key === ')') {
      t.advance();
      t.advance();
      return [[]];
    }
    return isSet ? [this.#composite()] : [[this.#expression()]];
  }

  /** `(a, (b, c), ...)` of ROLLUP and CUBE. */
  #composites(): Sets {
    return this.#t.parenthesized(() => this.#composite());
  }

  /** An expression, or several in parentheses that count as one. */
  #composite(): readonly number[] {
    const t = this.#t;
    if (!t.is('(')) return [this.#expression()];
    const places = t.parenthesized(() => this.#expression());
    if (!t.is(',') && !t.is(')'))
      unsupported('an expression of GROUPING SETS, ROLLUP or CUBE that begins with a parenthesis', t.line);
    return places;
  }

  #expression(): number {
    return this.expressions.push(parseExpression(this.#t)) - 1;
  }
}

function rollup(elements: Sets): Sets {
  return [...elements.keys(), elements.length].toReversed().map((count) => elements.slice(0, count).flat());
}

/** @throws {SqlError} 10703 */
function cube(elements: Sets, line: number): Sets {
  if (2 ** elements.length > maximumSets) throw tooManyGroupingSets(maximumSets, line);
  return elements
    .reduce<Sets>((sets, element) => sets.flatMap((set) => [[...set, ...element], set]), [[]])
    .toSorted((a, b) => b.length - a.length);
}

/** Every grouping of the one with every grouping of the other. @throws {SqlError} 10703 */
function crossed(left: Sets, right: Sets, line: number): Sets {
  if (left.length * right.length > maximumSets) throw tooManyGroupingSets(maximumSets, line);
  return left.flatMap((set) => right.map((other) => [...set, ...other]));
}

/** `BY ...`, from behind GROUP. */
export function parseGroupBy(t: TokenStream): GroupBy {
  const { line } = t.expect('BY');
  if (t.is('ALL')) unsupported('GROUP BY ALL', t.line);
  const reader = new GroupingReader(t);
  const elements = t.commaList(() => reader.element(false));
  const groupBy = reader.expressions;
  if (t.is('WITH') && (t.peek(1).key === 'ROLLUP' || t.peek(1).key === 'CUBE')) {
    t.advance();
    const isRollup = t.advance().key === 'ROLLUP';
    const singles = groupBy.map((_, place) => [place]);
    return { groupBy, groupingSets: isRollup ? rollup(singles) : cube(singles, line) };
  }
  const sets = elements.reduce<Sets>((left, right) => crossed(left, right, line), [[]]);
  const [only] = sets;
  return sets.length === 1 && only?.length === groupBy.length ? { groupBy } : { groupBy, groupingSets: sets };
}
