Feature: Onboarding by role

  OptiInfra looks into a customer's cloud and changes things there, so how it gets in is the first thing that a security officer asks.
  It is let in by a role that the customer makes and can take away, and never by a key. What it finds there is out of scope here.

  Background:
    Given a company like "Northwind" with 1 inference node on demand
    And the company has signed up

  @REQ-JRN-002
  Rule: Onboarding must need only a cloud provider, a region and a role to assume, and never the customer's keys

    @needs_history @needs_records
    Scenario: A role is all that OptiInfra needs
      When the customer lets OptiInfra assume a role in its cloud
      Then the customer is onboarded
      And OptiInfra has entered the cloud by that role alone
      And no key to the customer's cloud is on record

    @needs_records
    Scenario: Keys are turned down where a role is asked for
      When the customer offers keys to its cloud instead of a role
      Then the refusal asks for a role and takes no key
      And nothing of the customer is half onboarded
      And no key to the customer's cloud is on record

  @REQ-JRN-013
  Rule: Onboarding with a role that cannot be assumed must fail with a reason to act on and leave nothing half onboarded

    @needs_records
    Scenario: A role that does not exist is named with the remedy
      When the customer offers a role that does not exist
      Then the onboarding fails and the reason names role and remedy
      And nothing of the customer is half onboarded

    @needs_records
    Scenario: A role that trusts another customer of OptiInfra lets nobody in
      When the customer offers a role that trusts another customer of OptiInfra
      Then the onboarding fails and the reason names role and remedy
      And nothing of the customer is half onboarded

    Scenario: A customer who mends the role gets in
      Given the customer has offered a role that does not exist
      When the customer lets OptiInfra assume a role in its cloud
      Then the customer is onboarded
      And OptiInfra knows the whole fleet and nothing else
