using System.Reflection;
using System.Reflection.Emit;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>
/// Every type that a type refers to: in its declaration, its members' signatures, its attributes and its methods' bodies. Constants
/// are not seen, since the compiler puts their values in place of them.
/// </summary>
internal static class TypeReferences
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The types, each with the place that refers to it.</summary>
    public static Dictionary<Type, string> Of(Type type)
    {
        var found = new Dictionary<Type, string>();
        Add(found, type.BaseType, "base type");
        foreach (var contract in type.GetInterfaces())
            Add(found, contract, "interface");
        foreach (var parameter in type.IsGenericType ? type.GetGenericArguments() : [])
            AddAll(found, parameter.GetGenericParameterConstraints(), "type constraint");
        AddAttributes(found, type, "attribute");
        foreach (var member in type.GetMembers(Declared))
        {
            AddAttributes(found, member, member.Name);
            switch (member)
            {
                case FieldInfo field:
                    Add(found, field.FieldType, field.Name);
                    break;
                case PropertyInfo property:
                    Add(found, property.PropertyType, property.Name);
                    break;
                case EventInfo @event:
                    Add(found, @event.EventHandlerType, @event.Name);
                    break;
                case MethodBase method:
                    AddMethod(found, method);
                    break;
            }
        }

        return found;
    }

    private static void AddMethod(Dictionary<Type, string> found, MethodBase method)
    {
        AddSignature(found, method, method.Name);
        if (method.IsGenericMethodDefinition)
        {
            foreach (var parameter in method.GetGenericArguments())
                AddAll(found, parameter.GetGenericParameterConstraints(), method.Name);
        }

        if (method.GetMethodBody() is not { } body)
            return;
        AddAll(found, body.LocalVariables.Select(local => local.LocalType), $"{method.Name} (local)");
        var catches = body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause);
        AddAll(found, catches.Select(clause => clause.CatchType), $"{method.Name} (catch)");
        AddTokens(found, method, body.GetILAsByteArray()!);
    }

    /// <summary>ECMA-335 III.1.9: the operands of these kinds are tokens of the module's metadata.</summary>
    private static void AddTokens(Dictionary<Type, string> found, MethodBase method, byte[] il)
    {
        var typeArguments = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < il.Length;)
        {
            // Opcodes of two bytes begin with FE.
            var value = il[i] == 0xFE ? unchecked((short)(0xFE00 | il[i + 1])) : il[i];
            i += il[i] == 0xFE ? 2 : 1;
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(il, i), typeArguments, methodArguments);
                AddMember(found, member, $"{method.Name} (body)");
            }

            i += SizeOf(operand, il, i);
        }
    }

    private static void AddMember(Dictionary<Type, string> found, MemberInfo? member, string place)
    {
        if (member is Type type)
            Add(found, type, place);
        else
            Add(found, member?.DeclaringType, place);
        if (member is FieldInfo field)
            Add(found, field.FieldType, place);
        if (member is not MethodBase method)
            return;
        AddSignature(found, method, place);
        if (method.IsGenericMethod)
            AddAll(found, method.GetGenericArguments(), place);
    }

    private static void AddSignature(Dictionary<Type, string> found, MethodBase method, string place)
    {
        AddAll(found, method.GetParameters().Select(parameter => parameter.ParameterType), place);
        if (method is MethodInfo info)
            Add(found, info.ReturnType, place);
    }

    private static void AddAttributes(Dictionary<Type, string> found, MemberInfo member, string place)
    {
        foreach (var attribute in member.CustomAttributes)
        {
            Add(found, attribute.AttributeType, place);
            AddAll(found, attribute.ConstructorArguments.Select(argument => argument.Value).OfType<Type>(), place);
        }
    }

    private static void AddAll(Dictionary<Type, string> found, IEnumerable<Type?> types, string place)
    {
        foreach (var type in types)
            Add(found, type, place);
    }

    private static void Add(Dictionary<Type, string> found, Type? type, string place)
    {
        if (type is null || type.IsGenericParameter)
            return;
        if (type.HasElementType)
        {
            Add(found, type.GetElementType(), place);
            return;
        }

        if (type.IsConstructedGenericType)
        {
            AddAll(found, type.GetGenericArguments(), place);
            type = type.GetGenericTypeDefinition();
        }

        found.TryAdd(type, place);
    }

    private static int SizeOf(OperandType operand, byte[] il, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };
}
