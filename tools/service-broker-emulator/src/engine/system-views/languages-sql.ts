import { type Language, languages } from '../../languages.ts';

const text = (value: string): string => `N'${value.replaceAll("'", "''")}'`;

function valuesOf(language: Language): string {
  const { id, dateFormat, dateFirst, name, alias, months, shortMonths, days, lcid, messageLocale } = language;
  const lists = [months, shortMonths, days].map((names) => text(names.join(',')));
  const all = [id, text(dateFormat), dateFirst, text(name), text(alias), ...lists, lcid, messageLocale];
  return `(${all.join(', ')})`;
}

/** `sys.syslanguages`. */
export const languagesSql = `
    SELECT CAST(l.langid AS smallint) AS langid, CAST(l.dateformat AS nchar(3)) AS dateformat,
      CAST(l.datefirst AS tinyint) AS datefirst, CAST(0 AS int) AS upgrade, CAST(l.name AS sysname) AS name,
      CAST(l.alias AS sysname) AS alias, CAST(l.months AS nvarchar(372)) AS months,
      CAST(l.shortmonths AS nvarchar(132)) AS shortmonths, CAST(l.days AS nvarchar(217)) AS days,
      CAST(l.lcid AS int) AS lcid, CAST(l.msglangid AS smallint) AS msglangid
    FROM (VALUES ${languages.map(valuesOf).join(', ')})
      AS l (langid, dateformat, datefirst, name, alias, months, shortmonths, days, lcid, msglangid)`;
