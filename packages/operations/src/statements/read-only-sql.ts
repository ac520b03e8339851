import { sqlTokens } from '../database/sql-tokens.ts';
import { StatementRefusedError } from '../errors.ts';

/**
 * Words with which statements begin that change something, or that end the transaction that is rolled back afterwards; and the parts
 * of a SELECT that change something. Of Transact-SQL's reserved words, and those of Service Broker.
 */
const changingWords = new Set(
  `ADD ALTER AUTHORIZATION BACKUP BEGIN BULK CHECKPOINT CLOSE COMMIT CREATE DBCC DELETE DENY DISABLE DROP ENABLE END EXEC EXECUTE GET GRANT
   INSERT INTO KILL MERGE MOVE NEXT OPENDATASOURCE OPENQUERY OPENROWSET RECEIVE RECONFIGURE RESTORE REVERT REVOKE ROLLBACK SAVE SEND
   SETUSER SHUTDOWN TRUNCATE UPDATE UPDATETEXT USE WAITFOR WRITETEXT`.split(/\s+/),
);

/**
 * Words with which the first statement may begin. Any other may be the name of a procedure, which is called there without EXEC, and a
 * procedure may end the transaction that is to be rolled back.
 */
const firstWords = new Set('DECLARE FETCH IF OPEN PRINT RAISERROR RETURN SELECT SET THROW WHILE WITH'.split(' '));

/** Words that are harmless inside of an expression: CASE ... END. */
const endsOfCase = 'END';

/**
 * Makes sure that a batch can only read.
 *
 * It looks at words and knows no grammar, so it refuses some that would be harmless, a column named Update without brackets for
 * example; the transaction around the batch is rolled back besides.
 *
 * @throws StatementRefusedError naming the word and its line
 */
export function requireReadOnlySql(text: string): void {
  let openCases = 0;
  let isFirst = true;
  for (const { kind, text: word, line } of sqlTokens(text)) {
    const upper = word.toUpperCase();
    if (isFirst && !['space', 'comment'].includes(kind) && word !== ';' && word !== '(') {
      isFirst = false;
      if (!firstWords.has(upper) && !changingWords.has(upper)) {
        throw new StatementRefusedError(
          `${word} in line ${line} may call a procedure, which may change something, and only reading was asked for.`,
        );
      }
    }
    if (kind !== 'word') continue;
    if (upper === 'CASE') openCases += 1;
    if (upper === endsOfCase && openCases > 0) {
      openCases -= 1;
      continue;
    }
    if (!changingWords.has(upper)) continue;
    throw new StatementRefusedError(`${upper} in line ${line} may change something, and only reading was asked for.`);
  }
}
