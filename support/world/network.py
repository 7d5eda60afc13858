from support.world.world import World
class Network:
    def __init__(self, world: World) -> None: ...
    async def __call__(self, scope, receive, send): 
        await send({"type":"http.response.start","status":502,"headers":[]}); await send({"type":"http.response.body","body":b""})
