using Telar.ContextVars;
using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

internal static class ContextVarsMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("ContextVar_new", (string name) => new ContextVar<PyObject>(name));
        members.New("ContextVar_new_default", (PyObject value, string name) => new ContextVar<PyObject>(name, value));
        members.Add("ContextVar_name", (ContextVar<PyObject> variable) => variable.Name);
        members.Add("ContextVar_get", (ContextVar<PyObject> variable) => variable.Get());
        members.Add("ContextVar_get_default", (ContextVar<PyObject> variable, PyObject value) => variable.Get(value));
        members.Add("ContextVar_set", (ContextVar<PyObject> variable, PyObject value) => variable.Set(value));
        members.Add("ContextVar_reset", (ContextVar<PyObject> variable, Token<PyObject> token) => variable.Reset(token));
        members.Add("ContextVar_text", (ContextVar<PyObject> variable) => variable.ToString());

        members.Add("Token_missing", () => Token.Missing);
        members.Add("Token_var", (Token token) => token.Var);
        members.Add("Token_old_value", (Token token) => token.OldValue);
        members.Add("Token_is_used", (Token token) => token.IsUsed);
        members.Add("Token_dispose", (Token token) => token.Dispose());

        members.New("Context_new", () => new Context());
        members.Add("Context_copy_current", Context.CopyCurrent);
        members.Add("Context_copy", (Context context) => context.Copy());
        members.Add("Context_run", (Context context, PyObject function, PyObject arguments, PyObject keywords) =>
            context.Run(() => function.CallWith(arguments, keywords)));
        members.Add("Context_contains", (Context context, ContextVar<PyObject> variable) => context.ContainsKey(variable));
        members.Add("Context_getitem", (Context context, ContextVar<PyObject> variable) => context[variable]);
        members.Add("Context_get", (Context context, ContextVar<PyObject> variable, PyObject value) => context.Get(variable, value));
        members.Add("Context_count", (Context context) => context.Count);
        members.Add("Context_keys", (Context context) => context.Keys.ToArray<object>());
        members.Add("Context_values", (Context context) => context.Select(pair => pair.Value!).ToArray());
        members.Add("Context_items", (Context context) => context.Select(pair => (object)new[] { pair.Key, pair.Value! }).ToArray());
        members.Add("Context_equals", (Context context, Context other) => context.Equals(other));
    }
}
