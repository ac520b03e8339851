import type { QueryResult } from 'neo4j-driver';
import type { GraphConnection } from '../src/index.ts';

/** What the server did for one statement. */
export interface Profile {
  /** Names and details of the operators. */
  readonly operators: readonly string[];
  /** How often they looked into the stores and indexes. */
  readonly dbHits: number;
}

/** The driver's type for these says less. */
interface ProfiledPart {
  readonly operatorType: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly dbHits: number | bigint;
  readonly children: readonly ProfiledPart[];
}

/** The same connection, on which everything that a read transaction runs is profiled and told to `onProfile`. */
export function profiledConnection(graph: GraphConnection, onProfile: (profile: Profile) => void): GraphConnection {
  const driver = replacing(graph.driver, {
    session: (...options: Parameters<typeof graph.driver.session>) => {
      const session = graph.driver.session(...options);
      const profiled = async (running: Promise<QueryResult>) => {
        const result = await running;
        const { profile } = result.summary;
        if (profile === false) throw new Error('The server gave no profile.');
        onProfile(profileOf(profile));
        return result;
      };
      return replacing(session, {
        run: ((text: string, parameters, settings) =>
          profiled(session.run(`PROFILE ${text}`, parameters, settings))) as typeof session.run,
        executeRead: ((work, settings) =>
          session.executeRead(
            (transaction) =>
              work(
                replacing(transaction, {
                  run: ((text: string, parameters) =>
                    profiled(transaction.run(`PROFILE ${text}`, parameters))) as typeof transaction.run,
                }),
              ),
            settings,
          )) as typeof session.executeRead,
      });
    },
  });
  return replacing(graph, { driver });
}

function profileOf(part: ProfiledPart): Profile {
  const below = part.children.map(profileOf);
  // The database is part of each name: NodeIndexSeek@neo4j.
  const name = part.operatorType.replace(/@.*$/, '');
  return {
    operators: [`${name} ${part.arguments.Details ?? ''}`, ...below.flatMap(({ operators }) => operators)],
    dbHits: below.reduce((sum, { dbHits }) => sum + dbHits, Number(part.dbHits)),
  };
}

function replacing<Target extends object>(target: Target, replaced: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_, name) => {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name);
      const value: unknown = Reflect.get(target, name);
      // V8 takes no bound function for `await using`.
      return typeof value === 'function' ? (...given: unknown[]) => Reflect.apply(value, target, given) : value;
    },
  });
}
