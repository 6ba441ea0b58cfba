Console.WriteLine("dataforts");
