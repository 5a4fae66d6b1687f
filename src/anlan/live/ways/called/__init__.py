"""Far ends that send by themselves, each message answered once what it says is durable."""
