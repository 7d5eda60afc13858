Feature: Connection of the agent runtime

  A customer can run OptiInfra's agents beside its models. The command that installs such a runtime carries the token by which the runtime
  is known, and nobody else's token opens that door. What a connected runtime is given to do is out of scope here.

  @REQ-JRN-003
  Rule: An agent runtime must connect with the token of its own install command and with no other

    Background:
      Given customer "Tinker" has signed up
      And customer "Northwind" has signed up

    @needs_records
    Scenario: The token of the install command connects the runtime
      When the agent runtime connects with the token of its own install command
      Then the runtime is connected and on record
      And the install command names the customer and carries that token

    @needs_records
    Scenario: The token of another customer connects nobody
      When the agent runtime connects with the token of customer "Tinker"
      Then the runtime is turned away and not on record

    @needs_records
    Scenario: A token in which one character differs connects nobody
      When the agent runtime connects with an altered token
      Then the runtime is turned away and not on record

    @needs_records
    Scenario: What the owner logs in with connects no runtime
      When the agent runtime connects with the session of the owner
      Then the runtime is turned away and not on record
