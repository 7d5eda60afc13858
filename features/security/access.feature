Feature: Access by token

  Everything that belongs to a customer is behind a token that OptiInfra itself has signed for somebody, for a limited time. What a role may
  do with a valid token is out of scope here.

  Background:
    Given customer "Northwind" has signed up
    And what OptiInfra holds of "Northwind" is noted

  @REQ-SEC-001 @needs_records
  Rule: Every protected operation must refuse a request without a valid token

    Scenario Outline: Nothing opens for a token that is <flawed>
      When everything of "Northwind" is asked for with a token that is <flawed>
      Then each request is refused for want of a valid token
      And OptiInfra holds the same of "Northwind" as before

      Examples:
        | flawed   |
        | absent   |
        | invented |

    Scenario: What needs a token is published as needing one
      When everything of "Northwind" is asked for with a token that is absent
      Then each request that was refused is published as protected, and no other

  @REQ-SEC-010 @needs_records
  Rule: A token that is expired, altered, unsigned, signed with another key or meant for another audience must be refused

    Scenario Outline: Nothing opens for a token that is <flawed> without OptiInfra's signature
      When everything of "Northwind" is asked for with a token that is <flawed>
      Then each request is refused for want of a valid token
      And OptiInfra holds the same of "Northwind" as before

      Examples:
        | flawed                  |
        | altered                 |
        | unsigned                |
        | signed with another key |
        | meant for renewal only  |

    @needs_signing
    Scenario Outline: Nothing opens for a token that is <flawed> with OptiInfra's signature
      When everything of "Northwind" is asked for with a token that is <flawed>
      Then each request is refused for want of a valid token
      And OptiInfra holds the same of "Northwind" as before

      Examples:
        | flawed                     |
        | expired                    |
        | meant for another audience |
        | issued by somebody else    |

    @needs_signing
    Scenario: The same token without a flaw opens the customer's own
      When the dashboard of "Northwind" is asked for with a token that is valid
      Then it is shown

    @needs_clock_control
    Scenario: A token is good for one second less than an hour
      Given the owner of "Northwind" has been at work for 3599 seconds
      When the owner asks for the dashboard with the token of the beginning
      Then it is shown

    @needs_clock_control
    Scenario: A token is no good after an hour, however busy its owner is
      Given the owner of "Northwind" has been at work for 60 minutes
      When the owner asks for the dashboard with the token of the beginning
      Then it is refused for want of a valid token
