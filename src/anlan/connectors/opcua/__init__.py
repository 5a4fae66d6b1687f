"""OPC UA: values of a server's nodes, by subscription; asyncua is an extra, `anlan[opcua]`."""
