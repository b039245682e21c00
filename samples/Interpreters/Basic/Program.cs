// Copies of this program inside it: each with statics of its own. Python's first example of concurrent.interpreters, and a pool of them.
//   dotnet run -c Release --project samples/Interpreters/Basic
using Telar.Concurrent.Futures;
using Telar.Concurrent.Interpreters;

using Interpreter interpreter = Interpreter.Create();

// In this thread. The lambda runs as the interpreter's own copy, so it counts in the interpreter's own Counter.
interpreter.Exec(() => Console.WriteLine($"hello from {Interpreter.Current}"));
int there = interpreter.Call(static step => Counter.Add(step), 5);
Console.WriteLine($"counted to {there} there, and to {Counter.Value} here");

// In another thread.
interpreter.CallInThread(() => Console.WriteLine($"spam, and the counter is {Counter.Value}")).Join();

// Values go both ways through a queue; each side gets a copy as its own type.
InterpreterQueue<Order> orders = Interpreter.CreateQueue<Order>();
orders.Put(new Order("tea", 3));
interpreter.Call(() => orders.Put(orders.Get() with { Item = "green tea" }));
Console.WriteLine(orders.Get());

// A library that keeps its state in statics, run by four threads at once: each of them has that state to itself.
using InterpreterPoolExecutor pool = new(maxWorkers: 4);
Console.WriteLine($"counted to {string.Join(' ', pool.Map(static step => Counter.Add(step), [1, 2, 3, 4]).Order())} in a pool");
