import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import type { ModuleDeclarations } from './module-declarations.ts';

export interface ModuleVariable {
  readonly type: SqlType;
  value: SqlValue;
}

/** The scalar variables and parameters of a running module, by name in key form; NULL until they are assigned. */
export class ModuleVariables implements Iterable<[string, ModuleVariable]> {
  readonly #declared: ModuleDeclarations['scalars'];
  /** By position. Made when first asked for: a call sets few of what its procedure declares. */
  readonly #variables: (ModuleVariable | undefined)[];

  constructor(declared: ModuleDeclarations['scalars']) {
    this.#declared = declared;
    this.#variables = new Array(declared.size);
  }

  get(key: string): ModuleVariable | undefined {
    const declared = this.#declared.get(key);
    if (declared === undefined) return undefined;
    const { type, position } = declared;
    const known = this.#variables[position];
    if (known !== undefined) return known;
    const variable: ModuleVariable = { type, value: null };
    this.#variables[position] = variable;
    return variable;
  }

  /** The value; null too for what isn't declared. */
  read(key: string): SqlValue {
    const declared = this.#declared.get(key);
    return declared === undefined ? null : (this.#variables[declared.position]?.value ?? null);
  }

  /** In the order of declaration, parameters first. */
  keys(): Iterable<string> {
    return this.#declared.keys();
  }

  *[Symbol.iterator](): Iterator<[string, ModuleVariable]> {
    for (const [key, { type, position }] of this.#declared) {
      yield [key, this.#variables[position] ?? { type, value: null }];
    }
  }
}
