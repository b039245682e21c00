using Telar.Dummy;

return args switch
{
    ["echo", .. string[] texts] => Plain.Echo(texts),
    ["env"] => Plain.PrintEnvironment(),
    ["cwd"] => Plain.PrintDirectory(),
    ["exit", string code] => Plain.Exit(code),
    ["crash", string signal] => Plain.Crash(signal),
    ["sleep"] => Plain.Sleep(),
    ["ignore-term"] => Plain.IgnoreTerm(),
    ["die-with-parent"] => Plain.DieWithParent(),
    ["run", string program, .. string[] arguments] => Parents.Run(program, arguments),
    ["exhaust"] => Parents.Exhaust(),
    ["many", string count, .. string[] order] => Parents.RunMany(count, order),
    _ => Plain.Usage(),
};
