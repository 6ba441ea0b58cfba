Console.WriteLine("workloads");
