Feature: Strangers

  Customers of OptiInfra are each other's competitors. None of them may see or touch what belongs to another, or find out by trying names
  what another has. People of OptiInfra's own are out of scope here.

  Background:
    Given customer "Northwind" runs one inference node on demand
    And "Northwind" owns one of everything
    And customer "Tinker" has signed up

  @REQ-SEC-002
  Rule: A customer must never read or change another customer's data, nor learn whether it exists

    @needs_records
    Scenario: Whatever a stranger asks for is refused as if it did not exist
      Given what OptiInfra holds of "Northwind" is noted
      When the owner of "Tinker" asks for everything of "Northwind"
      Then each request is refused as for something that does not exist
      And OptiInfra holds the same of "Northwind" as before

    @needs_records
    Scenario: Whatever a stranger's agent asks for is refused as if it did not exist
      Given what OptiInfra holds of "Northwind" is noted
      When an agent of "Tinker" asks for everything of "Northwind"
      Then each request is refused as for something that does not exist
      And OptiInfra holds the same of "Northwind" as before

    Scenario: Lists show a stranger nothing of anybody else's
      When the owner of "Tinker" looks at everything that it may see
      Then nothing of "Northwind" is among it
