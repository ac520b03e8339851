import { Cron } from 'croner';
import { ScheduleUnusableError } from './errors.ts';

/** Characters of dbo.Schedule.CronExpression. SQL Server cuts a longer parameter silently, to another time. */
const longestExpression = 128;

/** When something is to be done, as {@link cronTime} has checked it. */
export interface CronTime {
  /**
   * The first time after another one; null when none comes any more. By the clock of the time zone: a time that a change to summer time
   * leaves out comes at the moment of the change, and one that a change from it has twice comes once, the first time; but what has a
   * wildcard or step in minute or hour goes on through both.
   */
  next(after: Date): Date | null;
}

/** In words, since "cron" alone has many forms. */
const form =
  'Give five fields: minute, hour, day of the month, month, day of the week; for example "30 2 * * *", each day at 02:30.';

/**
 * Checks a cron expression of five fields, or one of @hourly, @daily, @weekly, @monthly and @yearly, in a time zone.
 *
 * @param timeZone as the IANA names it, for example `Europe/Berlin`
 * @throws ScheduleUnusableError for an invalid expression, one that never comes due, and an unknown time zone
 */
export function cronTime(expression: string, timeZone: string): CronTime {
  requireTimeZone(timeZone);
  if (expression.length > longestExpression) {
    throw new ScheduleUnusableError(
      `The expression has ${expression.length} characters, and at most ${longestExpression} can be kept.`,
      'Write ranges and steps (0-45/15) instead of lists, or make several schedules of it.',
    );
  }
  const cron = parsed(expression, timeZone);
  if (cron.nextRun() === null)
    throw new ScheduleUnusableError(`${JSON.stringify(expression)} is a time that never comes.`, form);
  return { next: (after) => cron.nextRun(after) };
}

function parsed(expression: string, timezone: string): Cron {
  try {
    return new Cron(expression, { timezone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  } catch (error) {
    // Croner throws TypeError and RangeError, with the reason in its text.
    const reason =
      error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : String(error);
    throw new ScheduleUnusableError(`${JSON.stringify(expression)} can't be used: ${reason}.`, form, error);
  }
}

function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ScheduleUnusableError(
      `There is no time zone ${JSON.stringify(timeZone)}.`,
      'Give one as the IANA names it, for example Europe/Berlin, America/New_York or UTC.',
      error,
    );
  }
}
