Feature: Rejections

  A customer who says no knows something that the agents do not. A rejected recommendation is dead, and the reason is worth more than the
  no: the agent that made it reads it, keeps quiet for a while and is less sure of itself the next time. Approvals are told elsewhere.

  Background:
    Given customer "Tinker" runs 3 inference nodes on demand
    And the cost agent recommends an idle termination

  @REQ-JRN-014
  Rule: A rejected recommendation must never be executed, and its reason must be kept for the agent that made it

    @needs_records
    Scenario: The reason is kept for the agent
      When the customer rejects the recommendation because "the node is kept for the demo"
      Then "the node is kept for the demo" is on record for the cost agent
      And the recommendation stays rejected

    Scenario: An agent of the customer's own reads why
      Given an agent has made a recommendation of medium risk
      When the customer rejects the recommendation because "the node is kept for the demo"
      Then the agent that made it reads "the node is kept for the demo"

    @needs_clock_control @needs_history
    Scenario: A rejected change is not carried out, not even where trifles need no asking
      Given the customer allows changes of low risk
      And the customer has rejected the recommendation because "the node is kept for the demo"
      When 6 days pass
      Then no change has begun
      And nothing in the customer's cloud has changed
      And the recommendation stays rejected

    @needs_clock_control
    Scenario: For a week the agent does not come back to it
      Given the customer has rejected the recommendation because "the node is kept for the demo"
      When 6 days pass
      Then the agent does not recommend it again

    @needs_clock_control
    Scenario: After a week the agent comes back to it, less sure of itself
      Given the customer has rejected the recommendation because "the node is kept for the demo"
      When 8 days pass
      Then the agent recommends it again with less confidence
