--! 102 3 Incorrect syntax near 'THROW'.
PRINT 'x'
THROW 50000, 'x', 1
GO
--! 10704 2 To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.
THROW
GO
--! 135 2 Cannot use a BREAK statement outside the scope of a WHILE statement.
IF 1 = 1 BREAK
GO
--! 136 2 Cannot use a CONTINUE statement outside the scope of a WHILE statement.
CONTINUE
GO
--! 133 2 A GOTO statement references the label 'nowhere' but the label has not been declared.
GOTO nowhere
GO
--! 132 2 The label 'a' has already been declared. Label names must be unique within a query batch or stored procedure.
a: SELECT 1; a: SELECT 2
GO
--! 319 2 Incorrect syntax near the keyword 'WITH'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.
SELECT 1 AS a WITH c AS (SELECT 1 AS a) SELECT * FROM c
GO
--! 319 3 Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.
DECLARE @a int
with c AS (SELECT 1 AS a) SELECT * FROM c
GO
--! 1019 2 Invalid column list after object name in GRANT/REVOKE statement.
GRANT SELECT (a) ON dbo.t (b) TO u
GO
--! 1020 2 Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.
GRANT INSERT (a) ON dbo.t TO u
GO
--! 1020 2 Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.
DENY SELECT ON SCHEMA::s (a) TO u
