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
    ["relay", string input, string output, string error, string script] => Launches.Relay(input, output, error, script, null),
    ["relay", string input, string output, string error, string script, string report] => Launches.Relay(input, output, error, script, report),
    ["swap", string a, string b, string c, string report] => Launches.Swap([a, b, c], report),
    ["threads", string count, string mode] => Launches.CountThreads(count, mode),
    ["refused", string option] => Launches.Refused(option),
    ["leave-groups"] => Launches.LeaveGroups(),
    ["reuse"] => Strangers.Reuse(),
    ["segments"] => Segments.Serve(),
    ["locks", string name, string units, string memory] => ProcessLocks.Count(name, units, memory),
    ["adopt", _] => Launches.Adopt(),
    _ => Plain.Usage(),
};
